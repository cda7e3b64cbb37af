#include <offhook/agent/phone/media_wait.hpp>

#include <offhook/agent/phone/phone_error.hpp>

#include <utility>

namespace offhook::inline v0::phone {

std::optional<MediaWait::Ready> MediaWait::begin(const std::function<void(MediaReady)>& open, base::Duration limit, const After& after, MediaReady then) {
  std::optional<Ready> at_once;
  then_ = std::make_shared<MediaReady>([&at_once](Ready ready) { at_once = std::move(ready); });
  const auto ready = [this, weak = std::weak_ptr(then_)](Ready result) {
    if (weak.expired()) return;
    const auto waiting = std::move(then_);
    (*waiting)(std::move(result));
  };
  open(ready);
  if (at_once) return at_once;
  *then_ = std::move(then);
  after(limit, [ready] {
    ready(base::fail(phone_error(PhoneError::NoMedia, "the media of the call were not ready in time: EndpointOptions::prepare_media must invoke `ready` within prepare_limit")));
  });
  return std::nullopt;
}

}  // namespace offhook::inline v0::phone
