#pragma once

#include <offhook/media/detect/line_tone.hpp>
#include <offhook/sip/model/events.hpp>

namespace offhook::inline v0::phone {

/// Returns the end of a call that the network refused by a tone and that this side therefore cancelled (`cancelled`). It is the response
/// that the network could have sent: RFC 3398 section 7.2.4.1 has the causes of those tones.
[[nodiscard]] sip::CallEnded refusal_by(media::LineTone tone, sip::CallEnded cancelled);

}  // namespace offhook::inline v0::phone
