/* The stacks that we are measured against as servers of OPTIONS over UDP on loopback, each in the event loop that it comes with.
 * Each function serves until *stop is set; *port gets its port once it listens, or -1 when it cannot. Transactions are kept, as a
 * user agent must keep them; the answer is 200 with Allow and Accept. */
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
