#include "CBuild.h"

#ifndef TAIJI_COMMIT
#define TAIJI_COMMIT "unknown"
#endif

const char *taiji_commit(void) { return TAIJI_COMMIT; }
