/* The work of each SIP stack of the benchmark for one received datagram. Each stack has its own file, because the C headers of two stacks cannot be
 * included together. Each function allocates and frees memory as a user of the stack must, and copies the datagram if the stack needs a copy.
 * It returns 0 when the stack refuses the message, and otherwise a value that depends on the parsed fields. */
#ifndef OFFHOOK_BENCH_PEERS_H
#define OFFHOOK_BENCH_PEERS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* index: a message whose header fields can be looked up. typed: also parses Via, From, To, Call-ID, CSeq, Contact, Route, Record-Route, Max-Forwards,
 * Content-Length, Content-Type, Require, Supported, Allow, Session-Expires and Authorization, as far as the stack can; our code splits
 * lists that the stack keeps as text at their commas. sdp: also parses the body, with the stack's own parser. */
typedef enum { OFFHOOK_INDEX, OFFHOOK_TYPED, OFFHOOK_SDP } offhook_depth;

size_t offhook_osip(const char *data, size_t size, offhook_depth depth);
size_t offhook_sofia(const char *data, size_t size, offhook_depth depth);
size_t offhook_re(const char *data, size_t size, offhook_depth depth);

/* Counts the tokens of a comma-separated list that the stack returns as text. */
size_t offhook_count_tokens(const char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
