#pragma once

#include <offhook/media/stream/stream.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::media {

/// The arguments of Engine::start(), made on a thread that may allocate. The worker returns the order; the ordering thread frees it and its chain.
struct StartOrder {
  MediaPlan plan;
  std::unique_ptr<CodecChain> chain;   ///< null: the codec of the previous order continues
  bool relearn = false;
  StartOrder* next = nullptr;          ///< used by OrderBox

  void merge(StartOrder& untaken) {
    relearn = relearn || untaken.relearn;
    if (!chain) chain = std::move(untaken.chain);
  }
};

}  // namespace offhook::inline v0::media
