-- +goose Up

-- Causes of events and kinds of errors got the names of what they mean.
UPDATE task_events SET cause = CASE cause
    WHEN 'queue_over'  THEN 'queue_expired'
    WHEN 'release'     THEN 'requeued'
    WHEN 'ticket'      THEN 'ticket_received'
    WHEN 'answer'      THEN 'result_received'
    WHEN 'doubt'       THEN 'outcome_unknown'
    WHEN 'disproved'   THEN 'not_accepted'
    WHEN 'vendor_no'   THEN 'vendor_failed'
    WHEN 'deadline'    THEN 'deadline_exceeded'
    WHEN 'vendor_stop' THEN 'vendor_canceled'
    WHEN 'reask'       THEN 'repoll'
    WHEN 'stored'      THEN 'objects_stored'
    WHEN 'lost'        THEN 'result_lost'
    WHEN 'grouped'     THEN 'children_changed'
    ELSE cause END;

-- A note is a code where a move was made by an error.
UPDATE task_events SET note = CASE note
    WHEN 'broken'   THEN 'invalid_result'
    WHEN 'expired'  THEN 'result_expired'
    WHEN 'not_a_picture'     THEN 'unknown_file_type'
    WHEN 'picture_cut_short' THEN 'file_cut_short'
    WHEN 'picture_damaged'   THEN 'file_damaged'
    ELSE note END
WHERE note IN ('broken', 'expired', 'not_a_picture', 'picture_cut_short', 'picture_damaged');

UPDATE tasks SET error = json_set(error, '$.kind', CASE json_extract(error, '$.kind')
    WHEN 'broken'   THEN 'invalid_result'
    WHEN 'expired'  THEN 'result_expired'
    WHEN 'mismatch' THEN 'idempotency_mismatch'
    WHEN 'too_slow' THEN 'request_timeout' END)
WHERE error <> '' AND json_extract(error, '$.kind') IN ('broken', 'expired', 'mismatch', 'too_slow');

-- Without a code of its own, an error has its kind's name for one.
UPDATE tasks SET error = json_set(error, '$.code', CASE json_extract(error, '$.code')
    WHEN 'broken'   THEN 'invalid_result'
    WHEN 'expired'  THEN 'result_expired'
    WHEN 'mismatch' THEN 'idempotency_mismatch'
    WHEN 'too_slow' THEN 'request_timeout'
    WHEN 'not_a_picture'     THEN 'unknown_file_type'
    WHEN 'picture_cut_short' THEN 'file_cut_short'
    WHEN 'picture_damaged'   THEN 'file_damaged' END)
WHERE error <> '' AND json_extract(error, '$.code') IN
    ('broken', 'expired', 'mismatch', 'too_slow', 'not_a_picture', 'picture_cut_short', 'picture_damaged');
