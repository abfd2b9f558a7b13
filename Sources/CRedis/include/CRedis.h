// Redis through hiredis: one connection, one command at a time, replies read by index. Where hiredis was not there at build
// time, `cr_is_built` is false and every call fails.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CR_CALL __attribute__((warn_unused_result)) int

typedef struct CRConnection *cr_connection;
typedef struct CRReply *cr_reply;

/// What a reply is.
enum { CR_TEXT = 1, CR_LIST = 2, CR_INTEGER = 3, CR_NIL = 4, CR_STATUS = 5, CR_ERROR = 6 };

bool cr_is_built(void);
/// What failed last on this thread.
const char *_Nonnull cr_last_error(void);

/// Connects within so many milliseconds, which later calls have too.
CR_CALL cr_connect(const char *_Nonnull host, int port, int milliseconds, cr_connection _Nullable *_Nonnull out);
void cr_close(cr_connection _Nullable connection);

/// Queues a command of `count` arguments.
CR_CALL cr_append(cr_connection _Nonnull connection, int count, const char *_Nonnull const *_Nonnull arguments,
                  const size_t *_Nonnull lengths);
/// Sends what is queued and reads the next reply. It is the caller's, to be freed.
CR_CALL cr_reply_next(cr_connection _Nonnull connection, cr_reply _Nullable *_Nonnull out);
void cr_free(cr_reply _Nullable reply);

int cr_kind(cr_reply _Nonnull reply);
int64_t cr_integer(cr_reply _Nonnull reply);
const char *_Nullable cr_text(cr_reply _Nonnull reply, size_t *_Nonnull length);
size_t cr_count(cr_reply _Nonnull reply);
/// An element of a list; belongs to the list.
cr_reply _Nonnull cr_element(cr_reply _Nonnull reply, size_t index);
