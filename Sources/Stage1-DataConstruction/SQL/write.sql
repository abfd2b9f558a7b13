-- Everything in a fixed order, so that the same seed gives the same bytes.

COPY (SELECT CAST(id AS VARCHAR) AS id, role, coalesce(favorites, []) AS favorites,
             COLUMNS(population.* EXCLUDE (id, role, number))
      FROM population LEFT JOIN favorites ON "user" = number ORDER BY number)
TO 'users-raw.jsonl' (FORMAT json);

COPY (SELECT brand, [l1, l2, l3] AS categories, CAST(id AS VARCHAR) AS id, price, title
      FROM numbered_items ORDER BY number)
TO 'items.jsonl' (FORMAT json);

COPY (SELECT "user", item, time, quantity, value, basket
      FROM events ORDER BY "user", time, basket, item, quantity, value)
TO 'events.csv' (FORMAT csv, HEADER);

COPY (SELECT "user", item, time, basket, display, mailer, click, conversion, period
      FROM impressions ORDER BY "user", time, basket, item)
TO 'impressions.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (SELECT "user", item, time, basket, display, mailer, click, conversion, period
      FROM auctions ORDER BY "user", time, basket, item)
TO 'auctions.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (SELECT number AS item, catalogue.title FROM catalogue JOIN numbered_items ON id = item_id
      ORDER BY purchases DESC, catalogue.title)
TO 'catalogue.jsonl' (FORMAT json);

COPY (SELECT targets."user", role, targets.time, history, target FROM targets
      JOIN histories ON histories."user" = targets."user" AND moment = targets.time ORDER BY targets."user")
TO 'samples-raw.jsonl' (FORMAT json);

COPY (SELECT "user", history FROM histories WHERE moment = getvariable('ranker_start') ORDER BY "user")
TO 'inference-raw.jsonl' (FORMAT json);

COPY (SELECT period, count(*) AS impressions, count(*) FILTER (click) AS clicks,
             count(*) FILTER (conversion) AS conversions FROM impressions GROUP BY ALL ORDER BY period)
TO 'periods.jsonl' (FORMAT json);

COPY (SELECT reason, rows FROM source_skipped ORDER BY reason) TO 'skipped.jsonl' (FORMAT json);
