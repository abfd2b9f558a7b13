-- What a source need not have, and what later statements ask of the whole.
CREATE TABLE IF NOT EXISTS source_impressions AS
SELECT user_id, item_id, time, basket AS request, false AS click, false AS conversion FROM source_events LIMIT 0;
CREATE TABLE IF NOT EXISTS source_promotions AS
SELECT item_id, place, week, time AS start FROM source_events LIMIT 0;

SET VARIABLE has_logged = EXISTS (FROM source_impressions);
-- What is predicted: purchases, or clicks where a log has none.
SET VARIABLE target_kind = CASE WHEN EXISTS (FROM source_events WHERE kind = 'purchase') THEN 'purchase' ELSE 'click' END;
SET VARIABLE has_looks = EXISTS (FROM source_events WHERE kind IN ('view', 'click'));
SET VARIABLE has_shelves = EXISTS (FROM source_items WHERE len(list_filter(categories, lambda level: level <> '')) > 0);

-- The category that stands for a kind of item: the second level, or the only one.
CREATE MACRO shelf(categories) AS
    CASE WHEN len(categories) >= 2 THEN coalesce(categories[2], '') ELSE coalesce(categories[1], '') END;

-- What histories and targets are made of.
CREATE VIEW behaviours AS SELECT * FROM source_events WHERE kind = getvariable('target_kind');
