#pragma once

#include <offhook/agent/phone/media_preparation.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace offhook::inline v0::phone {

/// The wait of one call for its media. It ends once: when the media are ready or fail, at its limit, or by cancel().
class MediaWait {
 public:
  using Ready = base::Result<void, base::Error>;
  using After = std::function<void(base::Duration, std::function<void()>)>;

  /// Invokes `open` with the function that ends the wait. Returns the result if `open` has ended the wait already. Otherwise `then` gets the
  /// result later; at `limit`, a timer of `after` ends the wait with NoMedia.
  [[nodiscard]] std::optional<Ready> begin(const std::function<void(MediaReady)>& open, base::Duration limit, const After& after, MediaReady then);
  void cancel() { then_.reset(); }
  [[nodiscard]] bool is_running() const { return then_ != nullptr; }

 private:
  std::shared_ptr<MediaReady> then_;  // the functions that may end the wait hold it weakly
};

}  // namespace offhook::inline v0::phone
