/// The steps that must not be torn apart. Keys are spelled in the scripts: one Redis, no cluster.
enum RedisScripts {
    /// Users get a place in a version's work once, until a worker takes it.
    private static let queue = """
        local function queue(version, stream, user, now, limit)
            if redis.call('SADD', 'taiji:queued:' .. version .. ':' .. stream, user) == 0 then return end
            if redis.call('XLEN', 'taiji:work:' .. version) >= limit then
                redis.call('SREM', 'taiji:queued:' .. version .. ':' .. stream, user)
                redis.call('INCR', 'taiji:dropped:' .. version)
                return
            end
            redis.call('XADD', 'taiji:' .. stream .. ':' .. version, '*', 'user', user, 'since', now)
        end

        """

    /// id, user, body, is a behaviour, now, events kept of a user, seconds that ids are remembered, backlog
    /// limit → position of a new event, 0 of one that is known.
    static let append = RedisScript(
        name: "append",
        text: queue + """
            if not redis.call('SET', 'taiji:id:' .. ARGV[1], 1, 'NX', 'EX', ARGV[7]) then return 0 end
            local user, now = ARGV[2], ARGV[5]
            local position = redis.call('INCR', 'taiji:position')
            redis.call('XADD', 'taiji:events', position .. '-0', 'body', ARGV[3])
            local list = 'taiji:history:' .. user
            redis.call('RPUSH', list, position .. ' ' .. ARGV[3])
            redis.call('LTRIM', list, -tonumber(ARGV[6]), -1)
            redis.call('ZADD', 'taiji:active', now, user)
            if ARGV[4] == '1' then
                for _, version in ipairs(redis.call('HKEYS', 'taiji:versions')) do
                    queue(version, 'work', user, now, tonumber(ARGV[8]))
                    local made = redis.call('HGET', 'taiji:features:' .. version .. ':' .. user, 'position')
                    if not made or made == '0' then redis.call('SREM', 'taiji:covered:' .. version, user) end
                end
            end
            return position
            """)

    /// version, stream, now, backlog limit, users … → nothing.
    static let queueUsers = RedisScript(
        name: "queue",
        text: queue + """
            for place = 5, #ARGV do queue(ARGV[1], ARGV[2], ARGV[place], ARGV[3], tonumber(ARGV[4])) end
            return 0
            """)

    /// version, user, position, body, embedding, then stream and id of every entry that is done → whether the
    /// features were written: those of a later position stay.
    static let finish = RedisScript(
        name: "finish",
        text: """
            local version, user = ARGV[1], ARGV[2]
            local key = 'taiji:features:' .. version .. ':' .. user
            local known = tonumber(redis.call('HGET', key, 'position') or '-1')
            local isNew = known <= tonumber(ARGV[3])
            if isNew then
                redis.call('HSET', key, 'position', ARGV[3], 'body', ARGV[4], 'embedding', ARGV[5])
                redis.call('SADD', 'taiji:made:' .. version, user)
                redis.call('SADD', 'taiji:covered:' .. version, user)
                redis.call('XADD', 'taiji:written:' .. version, 'MAXLEN', '~', 100000, '*', 'user', user)
            end
            for place = 6, #ARGV, 2 do
                redis.call('XACK', ARGV[place], 'workers', ARGV[place + 1])
                redis.call('XDEL', ARGV[place], ARGV[place + 1])
            end
            redis.call('HDEL', 'taiji:tries:' .. version, user)
            return isNew and 1 or 0
            """)

    /// version, user, message, most attempts, now, then stream and id of every entry → whether the user was
    /// given up.
    static let fail = RedisScript(
        name: "fail",
        text: """
            local version, user = ARGV[1], ARGV[2]
            if redis.call('HINCRBY', 'taiji:tries:' .. version, user, 1) < tonumber(ARGV[4]) then return 0 end
            redis.call('XADD', 'taiji:dead:' .. version, 'MAXLEN', '~', 100000, '*', 'user', user,
                'message', ARGV[3],
                       'time', ARGV[5])
            for place = 6, #ARGV, 2 do
                redis.call('XACK', ARGV[place], 'workers', ARGV[place + 1])
                redis.call('XDEL', ARGV[place], ARGV[place + 1])
            end
            redis.call('HDEL', 'taiji:tries:' .. version, user)
            return 1
            """)

    /// version, then user and body of each → nothing; what is there stays.
    static let importFeatures = RedisScript(
        name: "import",
        text: """
            for place = 2, #ARGV, 2 do
                local key = 'taiji:features:' .. ARGV[1] .. ':' .. ARGV[place]
                if redis.call('HSETNX', key, 'position', 0) == 1 then
                    redis.call('HSET', key, 'body', ARGV[place + 1])
                    if redis.call('EXISTS', 'taiji:history:' .. ARGV[place]) == 0 then
                        redis.call('SADD', 'taiji:covered:' .. ARGV[1], ARGV[place])
                    end
                end
            end
            return 0
            """)

    /// id and body of each item → nothing.
    static let putItems = RedisScript(
        name: "items",
        text: """
            for place = 1, #ARGV, 2 do
                redis.call('HSET', 'taiji:items', ARGV[place], ARGV[place + 1])
                redis.call('ZADD', 'taiji:item-changes', redis.call('INCR', 'taiji:item-change'), ARGV[place])
            end
            return 0
            """)
}
