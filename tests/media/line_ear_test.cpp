#include <offhook/media/line_ear.hpp>

#include "sounds.hpp"
#include "stream_call.hpp"

#include <doctest/doctest.h>

#include <span>
#include <vector>

using namespace offhook;
using offhook::media::Country;
using offhook::media::LineEar;
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

std::vector<LineTone> heard(LineEar& ear, const std::vector<std::int16_t>& pcm) {
  std::vector<LineTone> all;
  for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    const auto told = ear.hear(std::span<const std::int16_t, 160>(pcm.data() + at, 160));
    all.insert(all.end(), told.begin(), told.end());
  }
  return all;
}

}  // namespace

TEST_CASE("A busy tone is told once however long it lasts, and refuses the call") {
  LineEar ear(Country::Germany);
  CHECK(ear.refusal() == LineTone::None);
  CHECK(heard(ear, script_sound(busy_in(Country::Germany), 30'000)) == std::vector{LineTone::Busy});
  CHECK(ear.refusal() == LineTone::Busy);
  ear.reset();
  CHECK(ear.refusal() == LineTone::None);
  CHECK(heard(ear, script_sound(busy_in(Country::Germany), 5000)) == std::vector{LineTone::Busy});
}

TEST_CASE("Without a country no tone of a network is heard, but special information, faxes and beeps") {
  LineEar ear(std::nullopt);
  CHECK(heard(ear, script_sound(busy_in(Country::UnitedStates), 5000)).empty());
  CHECK(heard(ear, script_sound(media::special_information(media::SpecialInformation::VacantCode), 3000)) == std::vector{LineTone::VacantCode});
  CHECK(ear.refusal() == LineTone::VacantCode);
}

TEST_CASE("A fax that calls is told once, each beep by itself, and neither refuses the call") {
  LineEar ear(Country::UnitedStates);
  CHECK(heard(ear, script_sound(media::fax_calling(), 12'000)) == std::vector{LineTone::FaxCalling});
  LineEar other(Country::UnitedStates);
  const auto beep = script_sound(media::machine_beep(), 1000);
  CHECK(heard(other, beep) == std::vector{LineTone::Beep});
  CHECK(heard(other, beep) == std::vector{LineTone::Beep});
  CHECK(other.refusal() == LineTone::None);
}

TEST_CASE("On a caller's line a fax is heard for half a minute, no beep, and then nothing more is listened for") {
  LineEar ear(std::nullopt, media::LineSigns::Caller);
  CHECK(heard(ear, script_sound(media::machine_beep(), 1000)).empty());
  CHECK(heard(ear, script_sound(media::fax_calling(), 12'000)) == std::vector{LineTone::FaxCalling});
  ear.reset();
  CHECK(heard(ear, std::vector<std::int16_t>(std::size_t{160} * (LineEar::kFaxFrames - 1))).empty());
  CHECK_FALSE(ear.is_done());
  CHECK(heard(ear, std::vector<std::int16_t>(160)).empty());
  CHECK(ear.is_done());
  CHECK(heard(ear, script_sound(media::fax_calling(), 12'000)).empty());
  LineEar with_country(Country::Germany, media::LineSigns::Caller);
  CHECK(heard(with_country, std::vector<std::int16_t>(std::size_t{160} * LineEar::kFaxFrames)).empty());
  CHECK_FALSE(with_country.is_done());  // The caller may still hang up.
}

TEST_CASE("The first refusal stands") {
  LineEar ear(Country::UnitedStates);
  (void)heard(ear, script_sound(media::special_information(media::SpecialInformation::NoCircuit), 3000));
  (void)heard(ear, script_sound(busy_in(Country::UnitedStates), 5000));
  CHECK(ear.refusal() == LineTone::NoCircuit);
}

TEST_CASE("What refuses a call is busy, congestion, unobtainable and special information") {
  for (const auto tone : {LineTone::Busy, LineTone::Congestion, LineTone::Unobtainable, LineTone::Information, LineTone::NoCircuit,
                          LineTone::Intercept, LineTone::VacantCode, LineTone::Reorder}) {
    CHECK(media::is_refusal(tone));
  }
  for (const auto tone : {LineTone::None, LineTone::Dial, LineTone::Ringback, LineTone::FaxCalling, LineTone::FaxAnswering, LineTone::Beep}) {
    CHECK(!media::is_refusal(tone));
  }
}

TEST_CASE("A leg whose port has an ear tells what is said by tones, in either codec; others tell nothing") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::G722}) {
    offhook_test::Call call(codec);
    call.b.port->line_ear = std::make_shared<LineEar>(Country::UnitedStates);
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

TEST_CASE("One tick hears digits and tones in the same narrow sound") {
  offhook_test::Call call(media::AudioCodec::G722);
  call.plan.send_events = call.plan.receive_events = std::nullopt;
  call.b.port->line_ear = std::make_shared<LineEar>(std::nullopt);
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
