#pragma once

#include <offhook/media/line_tone.hpp>
#include <offhook/sip/stack/events.hpp>

namespace offhook::inline v0::phone {

/// The end of a call that the network refused by a tone and that we cancelled because of it (`cancelled`), as the response that the
/// network might have sent: RFC 3398 section 7.2.4.1 has the causes that those tones stand for.
[[nodiscard]] sip::CallEnded refusal_by(media::LineTone tone, sip::CallEnded cancelled);

}  // namespace offhook::inline v0::phone
