-- out: epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second, waiting_share of a run
SELECT epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second, waiting_share
FROM training_epoch WHERE run_id = $run_id ORDER BY epoch
