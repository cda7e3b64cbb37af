#pragma once

#include <pthread.h>
#include <signal.h>

namespace offhook::inline v0::media {

/// While this object exists, new threads start with all signals blocked. The program handles signals, and no signal may interrupt a media thread.
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
