#include <offhook/agent/phone/tone_refusal.hpp>

#include <string>

namespace offhook::inline v0::phone {

namespace {

int status_of(media::LineTone tone) {
  using media::LineTone;
  switch (tone) {
    case LineTone::Busy: return 486;            // cause 17, user busy
    case LineTone::Unobtainable:
    case LineTone::VacantCode: return 404;      // cause 1, unallocated number
    case LineTone::Intercept: return 410;       // cause 22, number changed
    case LineTone::Congestion:
    case LineTone::NoCircuit:
    case LineTone::Reorder: return 503;         // causes 34 and 42, no circuit, congestion
    case LineTone::Information:
    case LineTone::None:
    case LineTone::Dial:
    case LineTone::Ringback:
    case LineTone::FaxCalling:
    case LineTone::FaxAnswering:
    case LineTone::Beep: break;
  }
  return 480;  // cause 31, normal, unspecified
}

}  // namespace

sip::CallEnded refusal_by(media::LineTone tone, sip::CallEnded cancelled) {
  cancelled.by = sip::CallEnded::By::Remote;
  cancelled.why = sip::CallEnded::Why::Rejected;
  cancelled.status = status_of(tone);
  cancelled.reason = "tone: " + std::string(media::to_string(tone));
  return cancelled;
}

}  // namespace offhook::inline v0::phone
