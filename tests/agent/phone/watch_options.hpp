#pragma once

#include <offhook/agent/phone/line_watchers.hpp>

namespace offhook::test {

/// A line whose owner decides on each watcher.
inline phone::WatchOptions asking() {
  phone::WatchOptions options;
  options.asks = true;
  return options;
}

}  // namespace offhook::test
