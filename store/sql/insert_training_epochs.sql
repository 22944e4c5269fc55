-- out: nothing
INSERT INTO training_epoch (run_id, epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds,
    images_per_second, waiting_share, mean_average_precision)
SELECT $run_id, epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second,
    waiting_share, mean_average_precision FROM incoming
