#pragma once

#include <offhook/agent/phone/line_watchers.hpp>

namespace offhook::test {

/// Options for a line whose owner decides about each watcher.
inline phone::WatchOptions asking() {
  phone::WatchOptions options;
  options.asks = true;
  return options;
}

}  // namespace offhook::test
