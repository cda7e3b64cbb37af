/* libosip2 has no sockets and no event loop. This server uses poll and one socket, as users of the library do. */
#include "options.h"

#include <sys/time.h> /* osip.h needs it but does not include it. */
#include <time.h>

#include <osip2/osip.h>
#include <osipparser2/osip_parser.h>

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int wire = -1;
static struct sockaddr_in from;

static int send_message(osip_transaction_t *tr, osip_message_t *sip, char *host, int port, int out) {
  char *text = NULL;
  size_t size = 0;
  (void)tr, (void)host, (void)port, (void)out;
  if (osip_message_to_str(sip, &text, &size) != 0) return -1;
  (void)sendto(wire, text, size, 0, (struct sockaddr *)&from, sizeof from);
  osip_free(text);
  return 0;
}

static void on_options(int type, osip_transaction_t *tr, osip_message_t *sip) {
  osip_message_t *answer = NULL;
  char tag[32];
  (void)type;
  if (osip_message_init(&answer) != 0) return;
  osip_message_set_version(answer, osip_strdup("SIP/2.0"));
  osip_message_set_status_code(answer, 200);
  osip_message_set_reason_phrase(answer, osip_strdup("OK"));
  osip_from_clone(sip->from, &answer->from);
  osip_to_clone(sip->to, &answer->to);
  snprintf(tag, sizeof tag, "%u", osip_build_random_number());
  osip_to_set_tag(answer->to, osip_strdup(tag));
  osip_call_id_clone(sip->call_id, &answer->call_id);
  osip_cseq_clone(sip->cseq, &answer->cseq);
  for (int i = 0; i < osip_list_size(&sip->vias); ++i) {
    osip_via_t *via = NULL;
    osip_via_clone((osip_via_t *)osip_list_get(&sip->vias, i), &via);
    osip_list_add(&answer->vias, via, -1);
  }
  osip_message_set_allow(answer, OFFHOOK_ALLOW);
  osip_message_set_accept(answer, "application/sdp");
  osip_message_set_content_length(answer, "0");
  osip_event_t *event = osip_new_outgoing_sipmessage(answer);
  event->transactionid = tr->transactionid;
  osip_transaction_add_event(tr, event);
}

static void on_end(int type, osip_transaction_t *tr) {
  (void)type;
  osip_remove_transaction((osip_t *)tr->config, tr);
}

static void on_datagram(osip_t *osip, const char *text, size_t size) {
  osip_transaction_t *tr = NULL;
  osip_event_t *event = osip_parse(text, size);
  if (event == NULL || event->sip == NULL) return;
  if (osip_find_transaction_and_add_event(osip, event) == 0) {
    osip_nist_execute(osip);
    return;
  }
  if (osip_transaction_init(&tr, NIST, osip, event->sip) != 0) return;
  osip_transaction_add_event(tr, event);
  /* osip_nist_execute() would iterate over all transactions for each datagram. */
  while ((event = osip_fifo_tryget(tr->transactionff)) != NULL) osip_transaction_execute(tr, event);
}

void offhook_osip_serve(volatile int *port, volatile int *stop) {
  osip_t *osip = NULL;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof here;
  char text[65536];
  wire = socket(AF_INET, SOCK_DGRAM, 0);
  if (wire < 0 || osip_init(&osip) != 0 || bind(wire, (struct sockaddr *)&here, sizeof here) != 0) {
    *port = -1;
    return;
  }
  osip_set_cb_send_message(osip, send_message);
  osip_set_message_callback(osip, OSIP_NIST_OPTIONS_RECEIVED, on_options);
  osip_set_kill_transaction_callback(osip, OSIP_NIST_KILL_TRANSACTION, on_end);
  getsockname(wire, (struct sockaddr *)&here, &size);
  *port = ntohs(here.sin_port);
  for (unsigned turn = 0; !*stop; ++turn) {
    struct pollfd waits = {.fd = wire, .events = POLLIN};
    if (poll(&waits, 1, 50) > 0) {
      socklen_t from_size = sizeof from;
      const ssize_t got = recvfrom(wire, text, sizeof text - 1, MSG_DONTWAIT, (struct sockaddr *)&from, &from_size);
      if (got > 0) {
        text[got] = 0;
        on_datagram(osip, text, (size_t)got);
      }
    }
    if (turn % 256 == 0) osip_timers_nist_execute(osip);  /* It iterates over all transactions, so it does not run for each datagram. */
  }
  close(wire);
}
