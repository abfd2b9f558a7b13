#ifndef CBUILD_H
#define CBUILD_H

/// The commit that the program was built from, as `make build` names it; "unknown" without it.
const char *taiji_commit(void);

#endif
