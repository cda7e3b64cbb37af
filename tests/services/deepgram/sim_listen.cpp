#include <offhook/tests/services/deepgram/sim_listen.hpp>

#include <offhook/tests/services/deepgram/hearing.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace offhook::services::deepgram {

using Json = nlohmann::json;

namespace {

constexpr std::uint64_t kInterimMs = 200, kWindowMs = 5000, kLittleMs = 60;
constexpr auto kIdle = std::chrono::seconds(10);

constexpr std::string_view kListenParameters[] = {"model", "language", "encoding", "sample_rate", "channels", "multichannel", "interim_results", "endpointing",
                                       "utterance_end_ms", "vad_events", "smart_format", "punctuate", "numerals", "keyterm", "keywords", "diarize",
                                       "diarize_model", "redact", "profanity_filter", "replace", "search", "tag", "extra", "mip_opt_out", "version",
                                       "callback", "no_delay", "dictation"};

int number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : -1;
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += (i == from ? "" : " ") + words[i];
  return text;
}

}  // namespace

std::string refuse_listen(const Query& query) {
  for (const auto& [name, values] : query) {
    if (!is_one_of(kListenParameters, name)) return "Unknown query parameter: " + name;
  }
  if (value_in(query, "model").empty()) return "No model was named";
  if (value_in(query, "model").starts_with("flux")) return "Flux models are served by /v2/listen";
  if (query.contains("encoding") != query.contains("sample_rate")) return "Raw audio needs encoding and sample_rate";
  if (!query.contains("encoding")) return "This simulator hears raw audio only";
  if (!is_one_of(kEncodings, value_in(query, "encoding"))) return "This simulator does not hear " + value_in(query, "encoding");
  const int rate = number(value_in(query, "sample_rate"));
  if (rate < 8000 || rate > 48000) return "sample_rate is none";
  const bool ends = query.contains("utterance_end_ms");
  if (ends && (number(value_in(query, "utterance_end_ms")) < 1000 || value_in(query, "interim_results") != "true")) {
    return "utterance_end_ms must be 1000 at least, with interim_results=true";
  }
  const std::string endpointing = value_in(query, "endpointing", "10");
  return endpointing != "false" && endpointing != "true" && number(endpointing) < 0 ? "endpointing is neither a number nor false" : "";
}

SimListen::SimListen(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now)
    : world_(world),
      number_(number),
      format_{value_in(query, "encoding"), static_cast<std::uint32_t>(deepgram::number(value_in(query, "sample_rate")))},
      interim_(value_in(query, "interim_results") == "true"),
      vad_events_(value_in(query, "vad_events") == "true"),
      utterance_end_ms_(query.contains("utterance_end_ms") ? deepgram::number(value_in(query, "utterance_end_ms")) : 0),
      line_(fault, world, "listen"),
      alive_at_(now) {
  const std::string endpointing = value_in(query, "endpointing", "10");
  if (endpointing != "false") endpointing_ms_ = endpointing == "true" ? 10 : deepgram::number(endpointing);
}

void SimListen::on_audio(std::string_view octets, base::TimePoint now, SimOuts& out) {
  if (octets.empty()) {
    finish(now);
  } else {
    alive_at_ = now;
    octets_ += octets.size();
    rest_ += octets;
    const std::size_t frame = kHeardFrameMs * format_.octets_per_ms();
    for (; rest_.size() >= frame; rest_.erase(0, frame)) {
      const bool voiced = loudness(format_, std::string_view(rest_).substr(0, frame)) > world_.scenario.vad_rms;
      samples_ += frame / format_.octets_per_sample();
      on_frame(voiced, now);
    }
  }
  line_.flush(now, octets_, out);
}

void SimListen::begin_stretch(base::TimePoint now) {
  in_stretch_ = true;
  end_told_ = false;
  stretch_start_ = samples_;
  words_final_ = 0;
  words_.clear();
  std::istringstream text(world_.next_heard());
  for (std::string word; text >> word;) words_.push_back(word);
  if (vad_events_) send({{"type", "SpeechStarted"}, {"channel", {0, 1}}, {"timestamp", seconds(samples_)}}, now);
}

void SimListen::on_frame(bool voiced, base::TimePoint now) {
  if (voiced && !in_stretch_) begin_stretch(now);
  if (voiced) {
    last_voiced_ = samples_;
    voiced_at_ = now;
  }
  const std::uint64_t silence = ms(samples_ - last_voiced_);
  if (in_stretch_ && endpointing_ms_ && silence >= static_cast<std::uint64_t>(*endpointing_ms_)) return result(Why::Endpoint, now);
  if (!end_told_ && utterance_end_ms_ > 0 && silence >= static_cast<std::uint64_t>(utterance_end_ms_)) {
    end_told_ = true;
    send({{"type", "UtteranceEnd"}, {"channel", {0, 1}}, {"last_word_end", seconds(last_voiced_)}}, now);
  }
  if (ms(samples_ - window_start_) >= kWindowMs) return result(Why::Window, now);
  if (interim_ && in_stretch_ && ms(samples_ - last_interim_) >= kInterimMs) result(Why::Interim, now);
}

void SimListen::result(Why why, base::TimePoint now) {
  const bool ends = why != Why::Interim && why != Why::Window;  // true: this result ends the stretch of voice, if there is one
  const std::size_t so_far = std::min<std::size_t>(words_.size(), 1 + static_cast<std::size_t>(ms(samples_ - stretch_start_) / kMsOfAWord));
  const std::size_t known = !in_stretch_ ? words_final_ : ends ? words_.size() : so_far;
  const std::string text = joined(words_, std::min(words_final_, known), known);
  const double start = seconds(window_start_), duration = seconds(samples_ - window_start_);
  Json words = Json::array();
  for (std::size_t i = words_final_; i < known; ++i) {
    const double at = start + duration * static_cast<double>(i - words_final_) / static_cast<double>(known - words_final_);
    words.push_back({{"word", words_[i]}, {"punctuated_word", words_[i]}, {"start", at}, {"end", at + 0.1}, {"confidence", 0.98}});
  }
  const Json alternatives = Json::array({Json{{"transcript", text}, {"confidence", text.empty() ? 0.0 : 0.98}, {"words", words}}});
  send({{"type", "Results"}, {"channel_index", {0, 1}}, {"duration", duration}, {"start", start}, {"is_final", why != Why::Interim},
        {"speech_final", why == Why::Endpoint || (ends && in_stretch_)}, {"from_finalize", why == Why::Finalize}, {"channel", {{"alternatives", alternatives}}},
        {"metadata", {{"request_id", "sim-" + std::to_string(number_)}, {"model_uuid", "0"}, {"model_info", {{"name", "sim"}, {"version", "1"}, {"arch", "sim"}}}}}},
       now);
  last_interim_ = samples_;
  if (why == Why::Interim) return;
  if (ends && in_stretch_) {
    world_.note(now, "heard", {{"session", number_}, {"text", joined(words_, 0, words_.size())}, {"due_us", openai::microseconds(line_.last())},
                               {"last_voiced_us", openai::microseconds(voiced_at_)}, {"audio_ms", ms(samples_)}});
  }
  window_start_ = samples_;
  words_final_ = known;
  if (!ends) return;
  in_stretch_ = false;
  words_final_ = 0;
  words_.clear();
}

void SimListen::on_text(std::string_view text, base::TimePoint now, SimOuts& out) {
  const Json message = Json::parse(text, nullptr, false);
  const std::string type = message.is_object() ? message.value("type", "") : "";
  if (octets_ > 0) alive_at_ = now;  // KeepAlive has no effect on a socket that has received no audio.
  if (type == "Finalize") {
    const bool little = ms(samples_ - window_start_) < kLittleMs && !in_stretch_;
    if (world_.scenario.answers_finalize && !little) result(Why::Finalize, now);
  } else if (type == "CloseStream") {
    finish(now);
  } else if (type != "KeepAlive") {
    close(1008, "DATA-0000", now);
  }
  line_.flush(now, octets_, out);
}

void SimListen::finish(base::TimePoint now) {
  if (samples_ > window_start_) result(Why::Close, now);
  send({{"type", "Metadata"}, {"transaction_key", "deprecated"}, {"request_id", "sim-" + std::to_string(number_)}, {"sha256", "0"},
        {"created", "2026-01-01T00:00:00.000Z"}, {"duration", seconds(samples_)}, {"channels", 1}},
       now);
  close(1000, "", now);
}

void SimListen::on_time(base::TimePoint now, SimOuts& out) {
  if (now >= alive_at_ + kIdle && !line_.over()) {
    alive_at_ = base::TimePoint::max() - kIdle;
    close(1011, "NET-0001 Deepgram did not receive audio data or a text message within the timeout window", now);
  }
  line_.flush(now, octets_, out);
}

void SimListen::send(Json message, base::TimePoint now) {
  line_.push(now + world_.scenario.result, {SimOut::What::Text, message.dump(-1, ' ', false, Json::error_handler_t::replace), 0});
}

void SimListen::close(int code, std::string reason, base::TimePoint now) { line_.push(now, {SimOut::What::Close, std::move(reason), code}); }

std::optional<base::TimePoint> SimListen::next_deadline() const {
  const auto next = line_.next_deadline();
  const base::TimePoint idle = alive_at_ + kIdle;
  if (line_.over()) return std::nullopt;
  return next ? std::min(*next, idle) : idle;
}

}  // namespace offhook::services::deepgram
