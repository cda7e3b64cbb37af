#include <offhook/media/detect/call_progress_detector.hpp>

#include <utility>

namespace offhook::inline v0::media {
namespace {

LineTone line_tone(ProgressTone tone) {
  switch (tone) {
    case ProgressTone::Dial: return LineTone::Dial;
    case ProgressTone::Ringback: return LineTone::Ringback;
    case ProgressTone::Busy: return LineTone::Busy;
    case ProgressTone::Congestion: return LineTone::Congestion;
    case ProgressTone::Unobtainable: return LineTone::Unobtainable;
  }
  return LineTone::None;
}

LineTone line_tone(SpecialInformation kind) {
  switch (kind) {
    case SpecialInformation::Unspecified: return LineTone::Information;
    case SpecialInformation::NoCircuit: return LineTone::NoCircuit;
    case SpecialInformation::Intercept: return LineTone::Intercept;
    case SpecialInformation::VacantCode: return LineTone::VacantCode;
    case SpecialInformation::Reorder: return LineTone::Reorder;
  }
  return LineTone::None;
}

LineTone line_tone(const SignalTone& tone) {
  switch (tone.kind) {
    case SignalTone::Kind::SpecialInformation: return line_tone(tone.information);
    case SignalTone::Kind::FaxCalling: return LineTone::FaxCalling;
    case SignalTone::Kind::FaxAnswering: return LineTone::FaxAnswering;
    case SignalTone::Kind::Beep: return LineTone::Beep;
  }
  return LineTone::None;
}

}  // namespace

std::string_view to_string(LineTone tone) {
  switch (tone) {
    case LineTone::None: return "none";
    case LineTone::Dial: return "dial tone";
    case LineTone::Ringback: return "ringback";
    case LineTone::Busy: return "busy";
    case LineTone::Congestion: return "congestion";
    case LineTone::Unobtainable: return "unobtainable";
    case LineTone::Information: return "special information";
    case LineTone::NoCircuit: return "no circuit";
    case LineTone::Intercept: return "intercept";
    case LineTone::VacantCode: return "vacant code";
    case LineTone::Reorder: return "reorder";
    case LineTone::FaxCalling: return "fax calling";
    case LineTone::FaxAnswering: return "fax answering";
    case LineTone::Beep: return "beep";
  }
  return "none";
}

void CallProgressDetector::reset() noexcept {
  progress_.reset();
  if (country_) progress_.emplace(*country_);
  signals_ = {};
  last_ = LineTone::None;
  fax_told_ = false;
  frames_ = 0;
  refusal_.store(LineTone::None, std::memory_order_relaxed);
}

std::span<const LineTone> CallProgressDetector::hear(std::span<const std::int16_t, 160> pcm) noexcept {
  count_ = 0;
  if (signs_ == LineSigns::Caller) {
    hear_caller(pcm);
    return std::span(told_).first(count_);
  }
  if (progress_) {
    if (const auto tone = progress_->hear(pcm)) emit(line_tone(*tone));
  }
  if (const auto tone = signals_.hear(pcm)) emit(line_tone(*tone));
  return std::span(told_).first(count_);
}

void CallProgressDetector::hear_caller(std::span<const std::int16_t, 160> pcm) noexcept {
  if (frames_ < kFaxFrames) {
    ++frames_;
    if (const auto tone = signals_.hear(pcm); tone && tone->kind == SignalTone::Kind::FaxCalling) emit(LineTone::FaxCalling);
  }
  hear_hang_up(pcm);
}

void CallProgressDetector::hear_hang_up(std::span<const std::int16_t, 160> pcm) noexcept {
  if (!progress_) return;
  (void)progress_->hear(pcm);
  const auto sounding = progress_->sounding();
  if (sounding != ProgressTone::Busy && sounding != ProgressTone::Congestion) return;
  if (progress_->cycles() >= kHangUpCycles) emit(line_tone(*sounding));
}

bool CallProgressDetector::is_repeated(LineTone tone) noexcept {
  if (tone == LineTone::FaxCalling || tone == LineTone::FaxAnswering) return std::exchange(fax_told_, true);
  return tone != LineTone::Beep && tone == last_;
}

void CallProgressDetector::emit(LineTone tone) noexcept {
  if (is_repeated(tone)) return;
  last_ = tone;
  told_[count_++] = tone;
  if (is_refusal(tone) && refusal() == LineTone::None) refusal_.store(tone, std::memory_order_relaxed);
}

}  // namespace offhook::inline v0::media
