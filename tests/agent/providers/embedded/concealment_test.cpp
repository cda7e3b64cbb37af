// Tests the packet loss concealment of media/ with flite's speech, so that a machine needs no recordings of people.
#include <offhook/media/dsp/resample.hpp>
#include <offhook/tests/media/conceal_score.hpp>
#include <offhook/tests/testkit/sample.hpp>

#include "caller.hpp"

using namespace offhook;

TEST_CASE("In flite's speech, concealed audio is nearer to the lost audio than repeated audio, and clicks less") {
  // By default one voice has gaps of 40 ms, and the other gaps of 20 and 60 ms. In `./dev test --full`, each voice has all gaps.
  const std::size_t step = offhook_test::sample_step(2);
  std::size_t index = 0;
  for (const std::string voice : {"slt", "rms"}) {
    const caller::Pcm wide = caller::say(
        "Thank you for calling. We are open from nine in the morning until six in the evening. Would you like to leave your number, so that "
        "somebody can call you back tomorrow? The train to Boston leaves at midnight.",
        voice);
    media::Resampler resampler(16000, 8000);
    caller::Pcm pcm(wide.size() / 320 * 160);
    for (std::size_t at = 0; at < pcm.size(); at += 160) {
      static_cast<void>(resampler.process(std::span(wide).subspan(2 * at, 320), std::span(pcm).subspan(at, 160)));
    }
    for (const std::size_t frames : {1, 2, 3}) {
      if (++index % step != 0) continue;
      CAPTURE(voice);
      CAPTURE(frames);
      const auto ours = offhook_test::ours(pcm, frames), repeated = offhook_test::repetition(pcm, frames);
      CHECK(ours.distance_db < repeated.distance_db);
      CHECK(ours.click < repeated.click);
    }
  }
}
