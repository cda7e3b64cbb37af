#include <offhook/bench/silero_figures.hpp>
#include <offhook/bench/subjects.hpp>
#include <offhook/bench/voice_trial.hpp>

#include <offhook/media/detect/echo_guard.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/dsp/level.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <fmt/format.h>
#include <spandsp.h>
#include <speex/speex_echo.h>

#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>

// The C interface of WebRTC's detector, unchanged since 2011. The library exports it, but no header declares it.
extern "C" {
struct WebRtcVadInst;
WebRtcVadInst* WebRtcVad_Create();
void WebRtcVad_Free(WebRtcVadInst* vad);
int WebRtcVad_Init(WebRtcVadInst* vad);
int WebRtcVad_set_mode(WebRtcVadInst* vad, int mode);
int WebRtcVad_Process(WebRtcVadInst* vad, int rate_hz, const std::int16_t* frame, std::size_t samples);
}

namespace offhook::bench {

namespace {

constexpr std::size_t kFrame = 160, kCalls = 256;
constexpr int kAggressive = 2;        // mode of WebRTC's detector, which has the modes 0 to 3
constexpr std::int16_t kNoVoiceBelowDbov = -60;
constexpr std::size_t kEchoTail = 3200;  // 400 ms

/// Returns a minute of voice on a line with some noise.
std::shared_ptr<const Pcm> heard_line() {
  auto pcm = std::make_shared<Pcm>(offhook_test::SyntheticVoice(8000, 1).speak(60));
  std::uint32_t noise = 1;
  for (auto& sample : *pcm) {
    noise = noise * 1664525 + 1013904223;
    sample = static_cast<std::int16_t>(sample + static_cast<int>(noise >> 28U) - 8);
  }
  return pcm;
}

std::span<const std::int16_t> frame_at(const Pcm& pcm, std::size_t turn) {
  return std::span(pcm).subspan(turn * kFrame % pcm.size(), kFrame);
}

/// Runs WebRTC's detector on frames of 20 ms. The detector takes 10 ms at a time. The frame counts as voiced if at least one half is voiced.
class WebRtcVoice {
 public:
  WebRtcVoice() : vad_(WebRtcVad_Create(), WebRtcVad_Free) {
    WebRtcVad_Init(vad_.get());
    WebRtcVad_set_mode(vad_.get(), kAggressive);
  }
  bool process(std::span<const std::int16_t> frame) {
    const bool first = WebRtcVad_Process(vad_.get(), 8000, frame.data(), kFrame / 2) == 1;
    return WebRtcVad_Process(vad_.get(), 8000, frame.data() + kFrame / 2, kFrame / 2) == 1 || first;
  }

 private:
  std::shared_ptr<WebRtcVadInst> vad_;
};

Work webrtc(std::shared_ptr<const Pcm> pcm) {
  return repeat([pcm, voice = WebRtcVoice()](std::size_t turn) mutable { keep(voice.process(frame_at(*pcm, turn))); });
}

/// Runs spandsp's power meter, because spandsp has no voice detector.
Work power_meter(std::shared_ptr<const Pcm> pcm) {
  const std::shared_ptr<power_meter_t> meter(power_meter_init(nullptr, 5), [](power_meter_t* state) { power_meter_free(state); });
  return repeat([pcm, meter](std::size_t turn) {
    std::int32_t level = 0;
    for (const std::int16_t sample : frame_at(*pcm, turn)) level = power_meter_update(meter.get(), sample);
    keep(level);
  });
}

Work alone(std::shared_ptr<const Pcm> pcm) {
  return repeat([pcm, voice = std::make_shared<media::VoiceActivity>(8000)](std::size_t turn) {
    keep(voice->process(frame_at(*pcm, turn)));
  });
}

Work in_a_bank(std::shared_ptr<const Pcm> pcm) {
  return repeat([pcm, bank = std::make_shared<media::VoiceBank>(kCalls)](std::size_t turn) {
    for (std::size_t call = 0; call < kCalls; ++call) bank->hear(call, frame_at(*pcm, turn + 11 * call));
    bank->run();
    keep(bank->voiced(0));
  });
}

Work one_by_one(std::shared_ptr<const Pcm> pcm) {
  auto voices = std::make_shared<std::vector<media::VoiceActivity>>();
  for (std::size_t call = 0; call < kCalls; ++call) voices->emplace_back(8000);
  return repeat([pcm, voices](std::size_t turn) {
    for (std::size_t call = 0; call < kCalls; ++call) keep((*voices)[call].process(frame_at(*pcm, turn + 11 * call)));
  });
}

Work guarded(std::shared_ptr<const Pcm> pcm) {
  return repeat([pcm, guard = std::make_shared<media::EchoGuard>(8000)](std::size_t turn) {
    keep(guard->on_heard(frame_at(*pcm, turn), true));
    guard->on_sent(frame_at(*pcm, turn + 7));
  });
}

Work speex_canceller(std::shared_ptr<const Pcm> pcm) {
  const std::shared_ptr<SpeexEchoState> state(speex_echo_state_init(kFrame, kEchoTail), speex_echo_state_destroy);
  return repeat([pcm, state, out = std::array<std::int16_t, kFrame>{}](std::size_t turn) mutable {
    speex_echo_cancellation(state.get(), frame_at(*pcm, turn).data(), frame_at(*pcm, turn + 7).data(), out.data());
    keep(out);
  });
}

std::function<VoiceJudge()> own_judges() {
  return [] {
    return [voice = std::make_shared<media::VoiceActivity>(8000)](std::span<const std::int16_t> frame) { return voice->process(frame); };
  };
}

std::function<VoiceJudge()> webrtc_judges() {
  // Offhook used WebRTC's detector with this floor. Without it, the detector sometimes takes the idle noise of a digital line for voice.
  return [] {
    return [voice = std::make_shared<WebRtcVoice>()](std::span<const std::int16_t> frame) {
      return voice->process(frame) && media::level_dbov(frame) >= kNoVoiceBelowDbov;
    };
  };
}

std::string row(const char* what, const VoiceCondition& condition) { return std::string("vad.") + what + "." + condition.name; }

/// Scores Offhook's detector, WebRTC's detector and, if the Silero model is installed, Offhook's detector with this model.
std::vector<Result> scores(const VoiceCondition& condition) {
  static const auto voices = recordings(100);
  if (voices.empty()) throw std::runtime_error("there are no recordings of a human voice: apt-get install asterisk-core-sounds-en-wav");
  std::vector<Result> results;
  const auto ours = score_voice(condition, voices, own_judges());
  std::map<std::string, VoiceScore> others{{"webrtc", score_voice(condition, voices, webrtc_judges())}};
  if (const auto judges = silero_judges()) others.emplace("offhook-with-silero", score_voice(condition, voices, judges));
  const auto add = [&](const char* what, const char* unit, const std::function<double(const VoiceScore&)>& of) {
    Result result{row(what, condition), unit, of(ours), {}};
    for (const auto& [name, score] : others) result.peers.emplace(name, of(score));
    results.push_back(std::move(result));
  };
  add("miss", "%", [](const VoiceScore& score) { return score.miss; });
  add("false_alarm", "%", [](const VoiceScore& score) { return score.false_alarm; });
  add("onset_ms", "ms", [](const VoiceScore& score) { return score.onset_quantile(0.5); });
  add("onset_ms_95", "ms", [](const VoiceScore& score) { return score.onset_quantile(0.95); });
  add("end_ms", "ms", [](const VoiceScore& score) { return score.end_quantile(0.5); });
  add("early", "calls", [](const VoiceScore& score) { return static_cast<double>(score.early); });
  return results;
}

}  // namespace

std::vector<Subject> voice_subjects() {
  const auto pcm = heard_line();
  std::vector<Subject> subjects;
  subjects.push_back({"vad.detect", {"offhook", alone(pcm)}, {{"webrtc", webrtc(pcm)}, {"spandsp-power-meter", power_meter(pcm)}}});
  subjects.push_back({"vad.detect.batch", {"offhook", in_a_bank(pcm)}, {{"offhook-one-by-one", one_by_one(pcm)}}, 4, {}, {}, kCalls});
  subjects.push_back({"echo.tick", {"offhook", guarded(pcm)}, {{"speexdsp-400ms", speex_canceller(pcm)}}});
  return subjects;
}

std::vector<Measurement> voice_measurements() {
  auto measurements = silero_measurements();
  std::vector<VoiceCondition> conditions(std::begin(kVoiceConditions), std::end(kVoiceConditions));
  conditions.insert(conditions.end(), std::begin(kSoundConditions), std::end(kSoundConditions));
  for (const auto& condition : conditions) {
    Measurement measurement{std::string("vad.") + condition.name, 2, [condition] { return scores(condition); }};
    for (const char* what : {"miss", "false_alarm", "onset_ms", "onset_ms_95", "end_ms", "early"}) measurement.rows.push_back(row(what, condition));
    measurements.push_back(std::move(measurement));
  }
  return measurements;
}

}  // namespace offhook::bench
