#include "include/CRedis.h"

static __thread char last_error[256] = "";
const char *cr_last_error(void) { return last_error; }

#ifdef TAIJI_REDIS

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

bool cr_is_built(void) { return true; }

static int fail(const char *text) {
    snprintf(last_error, sizeof last_error, "%s", text);
    return 1;
}

static redisContext *context(cr_connection connection) { return (redisContext *)connection; }
static redisReply *inner(cr_reply reply) { return (redisReply *)reply; }

int cr_connect(const char *host, int port, int milliseconds, cr_connection *out) {
    struct timeval limit = {milliseconds / 1000, (milliseconds % 1000) * 1000};
    redisContext *made = redisConnectWithTimeout(host, port, limit);
    if (!made) return fail("no memory for a connection");
    if (made->err) {
        fail(made->errstr);
        redisFree(made);
        return 1;
    }
    if (redisSetTimeout(made, limit) != REDIS_OK || redisEnableKeepAlive(made) != REDIS_OK) {
        fail(made->errstr);
        redisFree(made);
        return 1;
    }
    *out = (cr_connection)made;
    return 0;
}

void cr_close(cr_connection connection) {
    if (connection) redisFree(context(connection));
}

int cr_append(cr_connection connection, int count, const char *const *arguments, const size_t *lengths) {
    if (redisAppendCommandArgv(context(connection), count, (const char **)arguments, lengths) != REDIS_OK)
        return fail(context(connection)->errstr);
    return 0;
}

int cr_reply_next(cr_connection connection, cr_reply *out) {
    void *reply = NULL;
    if (redisGetReply(context(connection), &reply) != REDIS_OK || !reply) return fail(context(connection)->errstr);
    *out = (cr_reply)reply;
    return 0;
}

void cr_free(cr_reply reply) {
    if (reply) freeReplyObject(inner(reply));
}

int cr_kind(cr_reply reply) {
    switch (inner(reply)->type) {
    case REDIS_REPLY_STRING: return CR_TEXT;
    case REDIS_REPLY_ARRAY: return CR_LIST;
    case REDIS_REPLY_INTEGER: return CR_INTEGER;
    case REDIS_REPLY_STATUS: return CR_STATUS;
    case REDIS_REPLY_ERROR: return CR_ERROR;
    default: return CR_NIL;
    }
}

int64_t cr_integer(cr_reply reply) { return inner(reply)->integer; }

const char *cr_text(cr_reply reply, size_t *length) {
    *length = inner(reply)->len;
    return inner(reply)->str;
}

size_t cr_count(cr_reply reply) { return inner(reply)->elements; }
cr_reply cr_element(cr_reply reply, size_t index) { return (cr_reply)inner(reply)->element[index]; }

#else

static int absent(void) {
    const char *text = "this program was built without Redis; install libhiredis-dev and build it again";
    size_t place = 0;
    while (text[place] && place + 1 < sizeof last_error) {
        last_error[place] = text[place];
        place++;
    }
    last_error[place] = 0;
    return 1;
}

bool cr_is_built(void) { return false; }
int cr_connect(const char *host, int port, int milliseconds, cr_connection *out) {
    (void)host, (void)port, (void)milliseconds, (void)out;
    return absent();
}
void cr_close(cr_connection connection) { (void)connection; }
int cr_append(cr_connection connection, int count, const char *const *arguments, const size_t *lengths) {
    (void)connection, (void)count, (void)arguments, (void)lengths;
    return absent();
}
int cr_reply_next(cr_connection connection, cr_reply *out) {
    (void)connection, (void)out;
    return absent();
}
void cr_free(cr_reply reply) { (void)reply; }
int cr_kind(cr_reply reply) { return (void)reply, CR_NIL; }
int64_t cr_integer(cr_reply reply) { return (void)reply, 0; }
const char *cr_text(cr_reply reply, size_t *length) { return (void)reply, *length = 0, (const char *)0; }
size_t cr_count(cr_reply reply) { return (void)reply, 0; }
cr_reply cr_element(cr_reply reply, size_t index) { return (void)index, reply; }

#endif
