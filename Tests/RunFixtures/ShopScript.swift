/// A user's own source, as a script writes it: 30 users, 24 items on 4 shelves, one visit per user and week
/// with 2 items, every other item promoted in every week.
public enum ShopScript {
    /// SQL for part of the source; see `ShopScript`.
    public static let users = """
        CREATE TABLE source_users AS SELECT 'u' || n AS id, 'silver' AS tier FROM range(30) AS numbers(n);
        """
    /// SQL for part of the source; see `ShopScript`.
    public static let events = """
        CREATE TABLE source_events AS
        SELECT 'u' || u AS user_id, 'i' || ((u * 7 + w * 3 + k * 5) % 24) AS item_id,
               TIMESTAMP '2017-01-02' + to_hours(168 * (w - 2) + u) AS time, 'purchase' AS kind, 1 AS
                   quantity,
               2.0 + k AS value, u * 100 + w AS basket, 1 AS place, w AS week
        FROM range(30) AS us(u), range(2, 54) AS ws(w), range(2) AS ks(k);
        """
    /// SQL for part of the source; see `ShopScript`.
    public static let items = """
        CREATE TABLE source_items AS
        SELECT 'i' || n AS id, 'thing ' || n AS title, ['shop', 'shelf ' || (n % 4), 'kind ' || n] AS
            categories,
               'maker' AS brand, 1.5 AS price
        FROM range(24) AS numbers(n);
        CREATE TABLE source_promotions AS
        SELECT 'i' || n AS item_id, 1 AS place, w AS week,
               TIMESTAMP '2016-12-26' + to_days(CAST(7 * (w - 1) AS INTEGER)) AS start,
               'front' AS display, 'back' AS mailer
        FROM range(0, 24, 2) AS numbers(n), range(1, 54) AS ws(w);
        """

    /// Settings that fit the script, as YAML below `construct:`.
    public static let settings = """
          standIn: promotions
          windows: {languageModel: "2017-07-24", rankerTraining: "2017-09-04", test: "2017-11-13", end:
              "2018-01-01"}

        """

    /// The whole script.
    public static let all = users + events + items
}
