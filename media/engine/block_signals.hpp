#pragma once

#include <pthread.h>
#include <signal.h>

namespace offhook::inline v0::media {

/// Blocks all signals for threads made while it exists, because the program handles signals, and none may interrupt a media thread.
class BlockSignals {
 public:
  BlockSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockSignals(const BlockSignals&) = delete;
  BlockSignals& operator=(const BlockSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace offhook::inline v0::media
