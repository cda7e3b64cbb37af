#pragma once

#include <offhook/media/detect/line_tone.hpp>
#include <offhook/sip/model/events.hpp>

namespace offhook::inline v0::phone {

/// Call this when this side has cancelled a call (`cancelled`), because the network refused it by `tone`. Returns the end of the call with the response that
/// the network could have sent: RFC 3398 section 7.2.4.1 has the causes of those tones.
[[nodiscard]] sip::CallEnded refusal_by(media::LineTone tone, sip::CallEnded cancelled);

}  // namespace offhook::inline v0::phone
