-- Training on pictures with several labels each: what a run was given, what it is scored on, and its curve.

ALTER TABLE run_item ADD COLUMN labels INTEGER[];
ALTER TABLE evaluation_item ADD COLUMN labels INTEGER[];
ALTER TABLE training_epoch ADD COLUMN mean_average_precision DOUBLE;
