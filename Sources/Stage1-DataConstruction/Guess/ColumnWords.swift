/// The names that logs commonly give to what a mapping asks for.
enum ColumnWords {
    static let user = [
        "userid", "user", "customerid", "customer", "clientid", "client", "visitorid", "memberid", "uid",
        "householdid", "household", "reviewerid", "accountid", "account", "shopperid", "personid",
    ]
    static let item = [
        "itemid", "item", "productid", "product", "sku", "articleid", "article", "videoid", "movieid",
        "movie",
        "parentasin", "asin", "newsid", "adid", "ad", "goodsid", "contentid", "bookid", "trackid",
        "creativeid",
    ]
    static let time = [
        "timestamp", "time", "ts", "timems", "eventtime", "datetime", "createdat", "shownat", "tdat", "date",
        "orderdate", "purchasedate", "servedat", "clickedat", "unixtime", "day",
    ]
    static let click = ["isclick", "clicked", "click", "clicks", "wasclicked"]
    static let conversion = [
        "conversion", "converted", "isbuy", "purchased", "isconversion", "bought", "isorder", "ordered",
        "buy",
    ]
    static let kind = [
        "eventtype", "event", "action", "behavior", "behaviour", "behaviortype", "kind", "type", "actiontype",
        "label", "interaction",
    ]
    static let quantity = ["quantity", "qty", "count", "units", "pieces"]
    static let value = ["amount", "value", "revenue", "salesvalue", "total", "paid", "sales", "gmv"]
    static let basket = [
        "basketid", "basket", "orderid", "order", "sessionid", "session", "visitid", "transactionid",
        "invoiceno",
    ]
    static let place = ["storeid", "store", "shopid", "place", "branch", "location"]
    static let request = ["requestid", "request", "impressionid", "auctionid", "sessionid", "session"]
    static let title = [
        "title", "name", "productname", "prodname", "itemname", "caption", "label", "headline",
    ]
    static let categories = [
        "department", "maincategory", "indexgroupname", "l1", "category1", "categorylevel1", "category",
        "class",
        "productgroupname", "l2", "category2", "categorylevel2", "subcategory", "subclass", "producttypename",
        "l3", "category3", "categorylevel3", "genre", "genres", "categories", "tag", "tags",
    ]
    static let brand = ["brand", "brandname", "manufacturer", "maker", "vendor"]
    static let price = ["price", "unitprice", "listprice", "saleprice", "cost"]

    /// A name without case, signs and the type that some tools write behind a colon.
    static func plain(_ name: String) -> String {
        let bare = name.split(separator: ":").first.map(String.init) ?? name
        return bare.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// The column whose name comes first among some words.
    static func find(_ words: [String], in columns: [String]) -> String? {
        let named = columns.map { (column: $0, plain: plain($0)) }
        for word in words {
            if let found = named.first(where: { $0.plain == word }) { return found.column }
        }
        return nil
    }

    /// Whether a column seems to tell what came of an impression, which no ranker may read.
    static func isOutcome(_ name: String) -> Bool {
        let plain = plain(name)
        let words = [
            "like", "play", "follow", "comment", "share", "forward", "dwell", "watch", "hate", "view",
            "order",
        ]
        return plain.hasPrefix("is") || words.contains(where: plain.contains)
    }

    /// What a kind of event is commonly called.
    static func kind(of text: String) -> String {
        let name = plain(text)
        let known: [(String, [String])] = [
            (
                "purchase",
                ["buy", "purchase", "order", "transaction", "conversion", "checkout", "paid", "sale"]
            ),
            ("click", ["click", "cart", "addtocart", "addtobasket", "fav", "favorite", "like", "wishlist"]),
            ("view", ["view", "pv", "impression", "detail", "browse", "visit", "show"]),
        ]
        for (kind, words) in known where words.contains(where: name.contains) { return kind }
        return "other"
    }
}
