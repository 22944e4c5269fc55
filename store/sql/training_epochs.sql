-- out: epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second, waiting_share,
-- mean_average_precision of a run
SELECT epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second, waiting_share,
    mean_average_precision
FROM training_epoch WHERE run_id = $run_id ORDER BY epoch
