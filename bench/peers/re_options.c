/* libre with its own SIP transactions, transports and event loop. */
#include "options.h"

#include <stdbool.h>
#include <stdint.h>

#include <re.h>

static struct tmr timer;
static struct sip *sip;

static void on_time(void *stop) {
  if (*(volatile int *)stop)
    re_cancel();
  else
    tmr_start(&timer, 50, on_time, stop);
}

static bool on_request(const struct sip_msg *msg, void *arg) {
  (void)arg;
  (void)sip_treplyf(NULL, NULL, sip, msg, false, 200, "OK", "Allow: " OFFHOOK_ALLOW "\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n");
  return true;
}

void offhook_re_serve(volatile int *port, volatile int *stop) {
  struct sa here;
  struct sip_lsnr *lsnr = NULL;
  if (libre_init() || sa_set_str(&here, "127.0.0.1", 0) || sip_alloc(&sip, NULL, 4096, 4096, 32, "re", NULL, NULL) ||
      sip_transp_add(sip, SIP_TRANSP_UDP, &here) || sip_transp_laddr(sip, &here, SIP_TRANSP_UDP, NULL) ||
      sip_listen(&lsnr, sip, true, on_request, NULL)) {
    *port = -1;
    return;
  }
  *port = sa_port(&here);
  tmr_init(&timer);
  tmr_start(&timer, 50, on_time, (void *)stop);
  (void)re_main(NULL);
  tmr_cancel(&timer);
  mem_deref(lsnr);
  sip_close(sip, true);
  mem_deref(sip);
}
