-- The Complete Journey as users, items, events and promotions.
-- Variables: `folder`, the folder of its Parquet files; `language_start`, before which all is known to profiles.
-- Time is local, by the hour; the log is in UTC, five hours ahead.

SELECT error('construct.windows.languageModel is no date; profiles of The Complete Journey need one')
WHERE getvariable('language_start') IS NULL;

CREATE VIEW all_rows AS
SELECT *, quantity > 0 AND sales_value > 0 AS is_purchase,
       date_trunc('hour', transaction_timestamp - INTERVAL 5 HOUR) AS time,
       product_id IN (SELECT product_id FROM read_parquet(getvariable('folder') || '/products.parquet'))
       AS is_described
FROM read_parquet(getvariable('folder') || '/transactions.parquet');

CREATE VIEW log AS SELECT * FROM all_rows WHERE is_purchase AND is_described;

INSERT INTO source_skipped
SELECT CASE WHEN is_purchase THEN 'purchases of a product that the product table lacks'
            ELSE 'rows without quantity or value' END, count(*)
FROM all_rows WHERE NOT (is_purchase AND is_described) GROUP BY ALL;

CREATE VIEW source_events AS
SELECT household_id AS user_id, product_id AS item_id, time, 'purchase' AS kind, quantity, sales_value AS value, basket_id AS basket,
       store_id AS place, week
FROM log;

-- The product table abbreviates, and cuts what is longer than 30 letters. A language model reads words: known
-- abbreviations are spelled out; an unclosed parenthesis and a stray last letter go.
CREATE MACRO spelled(text) AS trim(regexp_replace(regexp_replace(list_reduce(
    list_prepend('', list_transform(regexp_extract_all(lower(text), '[a-z0-9%]+|[^a-z0-9%]+'), lambda part:
        coalesce(getvariable('spelling')[part], part))), lambda whole, part: whole || part),
    '\s*(\([^)]*|[-/] ?[a-z]?| all)$', ''), '\s+', ' ', 'g'));

SET VARIABLE spelling = MAP {
    'beeralemalt': 'beer ale malt', 'bg': 'bags', 'bkd': 'baked', 'bn': 'beans', 'brd': 'bread',
    'brkfst': 'breakfast', 'btl': 'bottle', 'btr': 'butter', 'carb': 'carbonated', 'catfd': 'cat food',
    'chick': 'chicken', 'chix': 'chicken', 'choc': 'chocolate', 'chococlate': 'chocolate', 'cke': 'cake',
    'ckys': 'cookies', 'cleang': 'cleaning', 'cnd': 'canned', 'cndy': 'candy', 'cntrl': 'control',
    'conc': 'concentrate', 'crbntd': 'carbonated', 'crkr': 'crackers', 'crmd': 'creamed',
    'crystl': 'crystal', 'dnr': 'dinner', 'dnrs': 'dinners', 'dogfd': 'dog food', 'drnk': 'drink',
    'drnking': 'drinking', 'drnkng': 'drinking', 'drnks': 'drinks', 'drsng': 'dressing', 'dsh': 'dishes',
    'fd': 'food', 'fds': 'food', 'fem': 'feminine', 'flvrd': 'flavored', 'fre': 'fresh', 'frz': 'frozen',
    'frzn': 'frozen', 'gds': 'goods', 'gm': 'general merchandise', 'hbc': 'health and beauty care',
    'hygn': 'hygiene', 'incl': '', 'jce': 'juice', 'mach': 'machine', 'mlt': 'multi', 'mneral': 'mineral',
    'mnrl': 'mineral', 'mw': 'microwave', 'mx': 'mix', 'mxs': 'mixes', 'pckgd': 'packaged', 'pk': 'pack',
    'pkg': 'packages', 'pkgd': 'packaged', 'pkld': 'pickled', 'plstc': 'plastic', 'pnt': 'peanut',
    'prem': 'premium', 'prep': 'prepared', 'prepreportnd': 'preportioned', 'pwdr': 'powder',
    'refrgratd': 'refrigerated', 'rw': 'raw', 'sald': 'salad', 'sandwic': 'sandwiches', 'saus': 'sausage',
    'sft': 'soft', 'sgl': 'single', 'sherbts': 'sherbet', 'sndwch': 'sandwich', 'sngl': 'single',
    'snks': 'snacks', 'sply': 'supplies', 'sprd': 'spread', 'srv': 'serve', 'ss': 'single serve',
    'sv': 'serve', 'sw': 'sweet', 'sweetners': 'sweeteners', 'tiss': 'tissue', 'trsh': 'trash',
    'veg': 'vegetable', 'vend': 'vending', 'wat': 'water', 'wate': 'water', 'whl': 'whole',
    'whlsm': 'wholesome', 'wt': 'weight', 'wtr': 'water'};

-- Types that say nothing without their category, such as 'lean' beef and 'economy' bacon.
SET VARIABLE qualifiers = [
    'angus', 'blends', 'butts', 'cocktails', 'cones', 'dips', 'dry', 'economy', 'economy - meat',
    'enhanced', 'entrees', 'fresh', 'internal', 'juice', 'kits', 'lean', 'loave', 'mainstream',
    'microwave', 'miscellaneous', 'natural', 'other', 'oven', 'pails', 'patties', 'poultry', 'pre-cooked',
    'premium', 'premium - meat', 'premium pints', 'primal', 'processed other', 'quarts', 'red', 'ribs',
    'seasonal', 'smoked/cooked', 'sticks/enrobed', 'traditional', 'treats', 'value'];

CREATE TABLE source_items AS
WITH price AS (
    SELECT product_id, round(median(sales_value / quantity), 2) AS price
    FROM log WHERE time < getvariable('language_start') GROUP BY product_id
), products AS (
    SELECT * FROM read_parquet(getvariable('folder') || '/products.parquet')
), texts AS (
    SELECT DISTINCT unnest([department, product_category, product_type]) AS text FROM products
), words AS (
    SELECT text, spelled(text) AS word FROM texts WHERE text IS NOT NULL
), named AS (
    SELECT product_id, coalesce(l1.word, '') AS l1, coalesce(l2.word, '') AS l2, coalesce(l3.word, '') AS l3,
           trim(regexp_replace(lower(coalesce(package_size, '')), '\s+', ' ', 'g')) AS size,
           lower(brand) = 'private' AS is_private, CAST(manufacturer_id AS VARCHAR) AS manufacturer
    FROM products LEFT JOIN words AS l1 ON l1.text = department LEFT JOIN words AS l2 ON l2.text = product_category
    LEFT JOIN words AS l3 ON l3.text = product_type
)
SELECT product_id AS id,
       concat_ws(' ', CASE WHEN l3 = '' OR l3 IN getvariable('qualifiers') THEN coalesce(nullif(l2, ''), l1) END,
                 nullif(l3, ''), nullif(size, ''), CASE WHEN is_private THEN 'private label' END) AS title,
       [l1, l2, l3] AS categories, manufacturer AS brand, coalesce(price, 0) AS price
FROM named LEFT JOIN price USING (product_id);

CREATE VIEW source_promotions AS
SELECT product_id AS item_id, store_id AS place, week,
       -- Week 1 is the log's first Sunday alone.
       TIMESTAMP '2016-12-26' + to_days(CAST(7 * (week - 1) AS INTEGER)) AS start, display_location AS display, mailer_location AS mailer
FROM read_parquet(getvariable('folder') || '/promotions.parquet');

-- Profiles see the window before the language model's targets and nothing later.
CREATE TABLE source_users AS
WITH visits AS (
    SELECT household_id, basket_id, any_value(store_id) AS store_id, any_value(time) AS time,
           sum(CAST(sales_value AS DECIMAL(18, 2))) AS spent
    FROM log WHERE time < getvariable('language_start') GROUP BY household_id, basket_id
), habits AS (
    SELECT household_id, count(*) / date_diff('week', TIMESTAMP '2016-12-26', getvariable('language_start')) AS visits_a_week,
           sum(spent) / count(*) AS basket_value,
           CASE WHEN avg(CASE WHEN isodow(time) >= 6 THEN 1 ELSE 0 END) > 0.45
                THEN 'mostly weekends' ELSE 'mostly weekdays' END AS days
    FROM visits GROUP BY household_id
), stores AS (
    SELECT household_id, arg_max(store_id, (count, -store_id)) AS store
    FROM (SELECT household_id, store_id, count(*) AS count FROM visits GROUP BY ALL) GROUP BY household_id
), spend AS (
    SELECT household_id, ntile(4) OVER (ORDER BY sum(spent), household_id) AS quarter
    FROM visits GROUP BY household_id
), campaigns AS (
    SELECT household_id, count(*) AS campaigns
    FROM read_parquet(getvariable('folder') || '/campaigns.parquet')
    JOIN read_parquet(getvariable('folder') || '/campaign_descriptions.parquet') USING (campaign_id)
    WHERE start_date < getvariable('language_start')
    GROUP BY household_id
), coupons AS (
    SELECT household_id, count(*) AS coupons
    FROM read_parquet(getvariable('folder') || '/coupon_redemptions.parquet')
    WHERE redemption_date < getvariable('language_start')
    GROUP BY household_id
)
SELECT household_id AS id, age, income, home_ownership AS home, marital_status AS marital,
       household_size, household_comp AS household, kids_count AS kids,
       ['low', 'below average', 'above average', 'high'][quarter] AS spending,
       CASE WHEN visits_a_week >= 3 THEN '3 or more times a week' WHEN visits_a_week >= 1.5 THEN 'twice a week'
            WHEN visits_a_week >= 0.75 THEN 'weekly' ELSE 'less than weekly' END AS visits,
       days, CAST(store AS VARCHAR) AS store,
       CASE WHEN basket_value >= 40 THEN 'large' WHEN basket_value >= 20 THEN 'medium' ELSE 'small' END AS baskets,
       CASE WHEN coalesce(campaigns, 0) = 0 THEN 'none' WHEN campaigns <= 3 THEN 'few' ELSE 'many' END AS campaigns,
       CASE WHEN coalesce(coupons, 0) = 0 THEN 'none' WHEN coupons <= 3 THEN 'few' ELSE 'many' END AS coupons
FROM (SELECT DISTINCT household_id FROM log)
LEFT JOIN habits USING (household_id) LEFT JOIN stores USING (household_id) LEFT JOIN spend USING (household_id)
LEFT JOIN read_parquet(getvariable('folder') || '/demographics.parquet') USING (household_id)
LEFT JOIN campaigns USING (household_id) LEFT JOIN coupons USING (household_id);
