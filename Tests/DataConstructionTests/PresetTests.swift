import DataConstruction
import Foundation
import Pipeline
import TestSupport
import Testing

/// Small files of the real shape of each public data set, read by the mapping that comes with the program.
@Suite("Mappings of public data sets") struct PresetTests {
    /// What a preset makes of some files.
    private func counts(
        _ preset: String, _ files: [String: String], encoding: String.Encoding = .utf8
    ) throws -> SourceReport {
        try withTemporaryFolder { folder in
            for (name, text) in files {
                try #require(text.data(using: encoding)).write(to: folder.appending(path: name))
            }
            let configuration = try ConfigurationReader.read(
                PackageFolder.root.appending(path: "Configs/sources/\(preset).yaml"),
                settings: ["construct.source.folder=\(folder.path)"])
            return try SourceCheck(configuration.construct, seed: 7, threads: 1).report()
        }
    }

    /// Faults of rows, not of there being few of them.
    private func faults(_ report: SourceReport) -> [SourceFault] {
        report.faults.filter { $0.file != nil }
    }

    @Test("RecBole: typed headers, token sequences") func recBole() throws {
        let found = try counts(
            "recbole",
            [
                "ml.user": "user_id:token\tage:token\n007\t25\n8\t30\n",
                "ml.item": "item_id:token\ttitle:token_seq\tcategories:token_seq\tprice:float\tbrand:token\n"
                    + "1\t\"Quoted\" title\tHome_&_Garden Beds\t2.5\tAcme\n2\tOther\t\t\t\n",
                "ml.inter": "user_id:token\titem_id:token\tlabel:float\ttimestamp:float\n"
                    + "007\t1\t1.0\t1704089235.0\n8\t2\t0.0\t1704189235.0\n",
            ])
        #expect(faults(found).isEmpty && found.counts.events == 2 && found.counts.purchases == 1)
        #expect(found.counts.itemsWithoutPrice == 1 && found.counts.itemsWithoutCategory == 1)
    }

    @Test("MovieLens 100K: 24 columns of items, Latin-1") func movieLens100K() throws {
        let genres = (0..<19).map { $0 == 5 ? "1" : "0" }.joined(separator: "|")
        let found = try counts(
            "movielens-100k",
            [
                "u.user": "1|24|M|technician|85711\n2|53|F|other|94043\n",
                "u.item": "1|Misérables, Les (1995)|01-Jan-1995||http://example.org|\(genres)\n",
                "u.data": "1\t1\t5\t881250949\n2\t1\t3\t891717742\n",
            ], encoding: .isoLatin1)
        #expect(faults(found).isEmpty && found.counts.events == 2 && found.counts.purchases == 1)
        #expect(found.counts.users == 2 && found.counts.itemsWithoutCategory == 0)
    }

    @Test("MovieLens 1M: two colons between fields, one in a title") func movieLens1M() throws {
        let found = try counts(
            "movielens-1m",
            [
                "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
                "movies.dat": "1::Alien: Résurrection (1997)::Action|Horror|Sci-Fi\n",
                "ratings.dat": "1::1::5::978300760\n2::1::3::978302109\n",
            ], encoding: .isoLatin1)
        #expect(faults(found).isEmpty && found.counts.events == 2 && found.counts.itemsWithoutTitle == 0)
    }

    @Test("Amazon Reviews 2023: price as number, text or missing") func amazonReviews() throws {
        func item(_ id: String, _ price: String) -> String {
            #"{"main_category":"Books","title":"T","price":\#(price),"store":null,"#
                + #""categories":["Books","Art"],"parent_asin":"\#(id)"}"#
        }
        func review(_ id: String, _ time: Int) -> String {
            #"{"rating":5.0,"asin":"\#(id)","parent_asin":"\#(id)","user_id":"AE\#(time)","#
                + #""timestamp":\#(time)}"#
        }
        let found = try counts(
            "amazon-reviews-2023",
            [
                "meta_Books.jsonl": ["1", "2", "3", "4"].enumerated().map {
                    item($1, ["9.5", "\"12.00\"", "\"from 3.00\"", "null"][$0])
                }.joined(separator: "\n"),
                "Books.jsonl": [review("1", 1_588_615_855_070), review("2", 1_688_615_855_070)]
                    .joined(separator: "\n"),
            ])
        #expect(found.counts.purchases == 2 && found.counts.items == 4 && found.counts.itemsWithoutPrice == 2)
        #expect(faults(found).map(\.value) == ["from 3.00"] && faults(found).map(\.row) == [3])
    }

    @Test("MIND: a list of impressions, earlier clicks, a quotation mark that opens a title") func mind()
        throws
    {
        let found = try counts(
            "mind",
            [
                "news.tsv":
                    "N1\tnews\tus\t\"Quoted\" "
                    + "start\tabstract\turl\t[]\t[]\nN2\tsports\tgolf\tB\t\turl\t[]\t[]\n",
                "behaviors.tsv": "1\tU1\t11/11/2019 11:59:59 PM\tN2 N1\tN1-1 N2-0\n"
                    + "2\tU2\t11/13/2019 9:05:58 AM\t\tN2-1 N1-0\n",
            ])
        #expect(faults(found).isEmpty && found.counts.impressions == 4 && found.counts.clicks == 2)
        // Two clicks, and before them two of U1's history.
        #expect(found.counts.eventClicks == 4 && found.counts.first < found.counts.last)
    }

    @Test("KuaiRand: milliseconds, tags in one column, a like without a click") func kuaiRand() throws {
        let found = try counts(
            "kuairand",
            [
                "video_features_basic.csv": "video_id,caption,tag\n1,A,\"8,12\"\n2,B,9\n",
                "log_standard_4_08.csv": "user_id,video_id,date,hourmin,time_ms,is_click,is_like,tab\n"
                    + "0,1,20220408,0200,1649354465000,1,0,1\n0,2,20220409,0200,1649454465000,0,1,4\n",
            ])
        #expect(faults(found).isEmpty && found.counts.impressions == 2)
        #expect(found.counts.clicks == 2 && found.counts.conversions == 1)
    }

    @Test("Taobao UserBehavior: no header, items named by their ids") func taobao() throws {
        let found = try counts(
            "taobao-user-behavior",
            ["UserBehavior.csv": "1,2268318,2520377,pv,1511544070\n1,2268318,2520377,buy,1511744070\n"])
        #expect(found.counts.events == 2 && found.counts.purchases == 1 && found.counts.items == 1)
        #expect(found.faults.contains { $0.code == "fewTitles" } && faults(found).isEmpty)
    }

    @Test("H&M: ids with leading zeros, days without hours") func handM() throws {
        let found = try counts(
            "hm",
            [
                "customers.csv": "customer_id,age\nc1,24\n",
                "articles.csv": "article_id,prod_name,product_type_name,product_group_name,index_group_name\n"
                    + "0663713001,Strap top,Vest top,Garment Upper body,Ladieswear\n",
                "transactions_train.csv": "t_dat,customer_id,article_id,price,sales_channel_id\n"
                    + "2018-09-20,c1,0663713001,0.0508305,2\n2018-09-25,c1,0663713001,0.0508305,2\n",
            ])
        #expect(faults(found).isEmpty && found.counts.purchases == 2 && found.counts.items == 1)
    }
}
