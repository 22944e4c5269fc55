-- out: label, suggested, n of the labels that run $run_id doubts, decided or not
SELECT opinion.label, opinion.suggested, count(*) AS n
FROM label_issue AS issue JOIN label_opinion AS opinion ON opinion.run_id = issue.run_id AND opinion.image_id = issue.image_id
WHERE issue.run_id = $run_id AND issue.kind = 'label' AND opinion.suggested IS NOT NULL
GROUP BY opinion.label, opinion.suggested
ORDER BY opinion.label, opinion.suggested
