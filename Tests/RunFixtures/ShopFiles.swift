public import Foundation

/// Plain CSV files of a small shop: 30 users, 24 items, a request per user and week for a year.
public enum ShopFiles {
    private static let (userCount, itemCount, weeks) = (30, 24, 52)

    /// Writes `items.csv`, `users.csv`, `ads.csv` (items shown, with clicks and conversions) and `events.csv`
    /// (views and purchases).
    public static func write(to folder: URL) throws {
        let items = (0..<itemCount).map {
            "i\($0),thing \($0),shop > shelf \($0 % 4),\(1 + $0 / 2).5,\($0 % 3 == 0 ? "red" : "blue")"
        }
        try write(["id,name,path,price,color"] + items, to: folder.appending(path: "items.csv"))
        let users = (0..<userCount).map { "u\($0),\($0 % 2 == 0 ? "silver" : "gold")" }
        try write(["member,tier"] + users, to: folder.appending(path: "users.csv"))
        var (ads, events) = (["member,item,shown,clicked,bought,request,slot"], ["member,item,at,what"])
        for week in 0..<weeks {
            for user in 0..<userCount {
                let time = 1_704_067_200 + 604_800 * week + 3600 * user
                for slot in 0..<4 {
                    let item = (user * 7 + week * 3 + slot * 5) % itemCount
                    let isClick = (user + item + slot) % 3 != 0
                    let isConversion = isClick && (week + item) % 3 != 0
                    ads.append(
                        "u\(user),i\(item),\(time),\(isClick ? 1 : 0),\(isConversion ? 1 : 0),"
                            + "r\(week)-\(user),\(slot)")
                    if isClick { events.append("u\(user),i\(item),\(time + 5 + slot),view") }
                    if isConversion { events.append("u\(user),i\(item),\(time + 60 + slot),buy") }
                }
            }
        }
        try write(ads, to: folder.appending(path: "ads.csv"))
        try write(events, to: folder.appending(path: "events.csv"))
    }

    private static func write(_ lines: [String], to file: URL) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    }

    private static let items = """
            items: {files: [items.csv], id: id, title: name, categories: [path], categoryForm: list,
              categorySeparator: " > ", price: price, attributes: {color: color}}
        """

    /// YAML below `construct:` for logged impressions with users.
    public static let logged = """
          source:
            users: {files: [users.csv], id: member}
        \(items)
            impressions: {files: [ads.csv], user: member, item: item, time: shown, unit: s, click: clicked,
              conversion: bought, request: request, context: {slot: slot}}

        """

    /// YAML below `construct:` for logged impressions with clicks alone.
    public static let clicks = """
          source:
        \(items)
            impressions: {files: [ads.csv], user: member, item: item, time: shown, unit: s, click: clicked,
              request: request}

        """

    /// YAML below `construct:` for events without a file of users.
    public static let events = """
          source:
        \(items)
            events: {files: [events.csv], user: member, item: item, time: at, unit: s, kind: what,
              kinds: {view: view, buy: purchase}}

        """
}
