#include <offhook/media/detect/call_progress_detector.hpp>

#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/stream_call.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

using namespace offhook;
using offhook::media::Country;
using offhook::media::CallProgressDetector;
using offhook::media::LineTone;
using offhook_test::script_sound;

namespace {

const media::ToneScript& busy_in(Country country) {
  for (const auto& spec : media::progress_tones(country)) {
    if (spec.tone == media::ProgressTone::Busy) return spec.script;
  }
  FAIL("no busy tone");
  return media::progress_tones(country)[0].script;
}

std::vector<LineTone> heard(CallProgressDetector& ear, const std::vector<std::int16_t>& pcm) {
  std::vector<LineTone> all;
  for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    const auto told = ear.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160));
    all.insert(all.end(), told.begin(), told.end());
  }
  return all;
}

}  // namespace

TEST_CASE("CallProgressDetector reports a lasting busy tone once, and refusal() returns it until reset()") {
  CallProgressDetector ear(Country::Germany);
  CHECK(ear.refusal() == LineTone::None);
  CHECK(heard(ear, script_sound(busy_in(Country::Germany), 30'000)) == std::vector{LineTone::Busy});
  CHECK(ear.refusal() == LineTone::Busy);
  ear.reset();
  CHECK(ear.refusal() == LineTone::None);
  CHECK(heard(ear, script_sound(busy_in(Country::Germany), 5000)) == std::vector{LineTone::Busy});
}

TEST_CASE("CallProgressDetector without a country reports no busy tone, but reports special information tones") {
  CallProgressDetector ear(std::nullopt);
  CHECK(heard(ear, script_sound(busy_in(Country::UnitedStates), 5000)).empty());
  CHECK(heard(ear, script_sound(media::special_information(media::SpecialInformation::VacantCode), 3000)) == std::vector{LineTone::VacantCode});
  CHECK(ear.refusal() == LineTone::VacantCode);
}

TEST_CASE("CallProgressDetector reports a calling fax once and reports each beep. Neither sound counts as a refusal") {
  CallProgressDetector ear(Country::UnitedStates);
  CHECK(heard(ear, script_sound(media::fax_calling(), 12'000)) == std::vector{LineTone::FaxCalling});
  CallProgressDetector other(Country::UnitedStates);
  const auto beep = script_sound(media::machine_beep(), 1000);
  CHECK(heard(other, beep) == std::vector{LineTone::Beep});
  CHECK(heard(other, beep) == std::vector{LineTone::Beep});
  CHECK(other.refusal() == LineTone::None);
}

TEST_CASE("On a caller's line, CallProgressDetector reports no beep, and listens for a fax for 30 s. Without a country it is then done") {
  CallProgressDetector ear(std::nullopt, media::LineSigns::Caller);
  CHECK(heard(ear, script_sound(media::machine_beep(), 1000)).empty());
  CHECK(heard(ear, script_sound(media::fax_calling(), 12'000)) == std::vector{LineTone::FaxCalling});
  ear.reset();
  CHECK(heard(ear, std::vector<std::int16_t>(std::size_t{160} * (CallProgressDetector::kFaxFrames - 1))).empty());
  CHECK_FALSE(ear.is_done());
  CHECK(heard(ear, std::vector<std::int16_t>(160)).empty());
  CHECK(ear.is_done());
  CHECK(heard(ear, script_sound(media::fax_calling(), 12'000)).empty());
  CallProgressDetector with_country(Country::Germany, media::LineSigns::Caller);
  CHECK(heard(with_country, std::vector<std::int16_t>(std::size_t{160} * CallProgressDetector::kFaxFrames)).empty());
  CHECK_FALSE(with_country.is_done());  // The detector still listens for a tone that means the caller has hung up.
}

TEST_CASE("CallProgressDetector::refusal() returns the first refusal, even if others follow") {
  CallProgressDetector ear(Country::UnitedStates);
  (void)heard(ear, script_sound(media::special_information(media::SpecialInformation::NoCircuit), 3000));
  (void)heard(ear, script_sound(busy_in(Country::UnitedStates), 5000));
  CHECK(ear.refusal() == LineTone::NoCircuit);
}

TEST_CASE("is_refusal is true for busy, congestion, unobtainable and special information tones only") {
  for (const auto tone : {LineTone::Busy, LineTone::Congestion, LineTone::Unobtainable, LineTone::Information, LineTone::NoCircuit,
                          LineTone::Intercept, LineTone::VacantCode, LineTone::Reorder}) {
    CHECK(media::is_refusal(tone));
  }
  for (const auto tone : {LineTone::None, LineTone::Dial, LineTone::Ringback, LineTone::FaxCalling, LineTone::FaxAnswering, LineTone::Beep}) {
    CHECK(!media::is_refusal(tone));
  }
}

TEST_CASE("A leg whose port has a CallProgressDetector reports tones with either codec, and a leg without one reports none") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::G722}) {
    offhook_test::Call call(codec);
    call.b.port->progress_detector = std::make_shared<CallProgressDetector>(Country::UnitedStates);
    call.a_says = script_sound(busy_in(Country::UnitedStates), 5000);
    call.begin();
    call.run(300);
    REQUIRE(call.b.count(offhook_test::EventKind::Tone) == 1);
    CHECK(call.b.first(offhook_test::EventKind::Tone)->tone == LineTone::Busy);
    CHECK(call.a.count(offhook_test::EventKind::Tone) == 0);
  }
  offhook_test::Call deaf;
  deaf.a_says = script_sound(busy_in(Country::UnitedStates), 5000);
  deaf.begin();
  deaf.run(300);
  CHECK(deaf.b.count(offhook_test::EventKind::Tone) == 0);
}

TEST_CASE("A leg detects both digits and tones in the audio of one call") {
  offhook_test::Call call(media::AudioCodec::G722);
  call.plan.send_events = call.plan.receive_events = std::nullopt;
  call.b.port->progress_detector = std::make_shared<CallProgressDetector>(std::nullopt);
  call.a_says = script_sound(media::dtmf_script('5'), 400);
  const auto beep = script_sound(media::machine_beep(), 1000);
  call.a_says.insert(call.a_says.end(), beep.begin(), beep.end());
  call.begin();
  call.run(150);
  REQUIRE(call.b.count(offhook_test::EventKind::Digit) >= 1);
  CHECK(call.b.first(offhook_test::EventKind::Digit)->digit == '5');
  REQUIRE(call.b.count(offhook_test::EventKind::Tone) == 1);
  CHECK(call.b.first(offhook_test::EventKind::Tone)->tone == LineTone::Beep);
}
