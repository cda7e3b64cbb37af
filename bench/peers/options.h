/* The SIP stacks of the benchmark as servers of OPTIONS over UDP on loopback, each with its own event loop. Each function serves until *stop is
 * set. It stores its port in *port when it listens, or -1 when it cannot. It keeps transactions, as a user agent must, and answers 200 with
 * Allow and Accept. */
#ifndef OFFHOOK_BENCH_OPTIONS_H
#define OFFHOOK_BENCH_OPTIONS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*offhook_serve)(volatile int *port, volatile int *stop);

void offhook_osip_serve(volatile int *port, volatile int *stop);
void offhook_sofia_serve(volatile int *port, volatile int *stop);
void offhook_re_serve(volatile int *port, volatile int *stop);

#define OFFHOOK_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY"

#ifdef __cplusplus
}
#endif
#endif
