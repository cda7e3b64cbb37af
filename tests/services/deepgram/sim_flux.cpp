#include <offhook/tests/services/deepgram/sim_flux.hpp>

#include <offhook/tests/services/deepgram/hearing.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace offhook::services::deepgram {

using Json = nlohmann::json;

namespace {

constexpr std::uint64_t kUpdateMs = 250, kSpokenMs = 300;
constexpr std::string_view kMany = "flux-general-multi";
constexpr std::string_view kFluxParameters[] = {"model", "encoding", "sample_rate", "eot_threshold", "eager_eot_threshold", "eot_timeout_ms", "keyterm",
                                       "language_hint", "mip_opt_out", "tag", "numerals", "redact", "profanity_filter"};
constexpr std::string_view kHints[] = {"en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"};

/// Returns the number in `text`, or -1 if `text` is not a number.
double real(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : -1;
}

}  // namespace

std::string SimFlux::Thresholds::complaint() const {
  if (!(eot >= 0.5 && eot <= 1.0)) return "eot_threshold is not between 0.5 and 1.0";
  if (eager && !(*eager >= 0.3 && *eager <= 0.9 && *eager <= eot)) return "eager_eot_threshold is not between 0.3 and 0.9, or more than eot_threshold";
  return timeout_ms >= 500 && timeout_ms <= 60000 ? "" : "eot_timeout_ms is not between 500 and 60000";
}

SimFlux::Thresholds SimFlux::thresholds_of(const Query& query) {
  Thresholds read;
  read.eot = real(value_in(query, "eot_threshold", "0.7"));
  if (query.contains("eager_eot_threshold")) read.eager = real(value_in(query, "eager_eot_threshold"));
  read.timeout_ms = real(value_in(query, "eot_timeout_ms", "5000"));
  return read;
}

bool takes_hints(std::string_view model, const std::vector<std::string>& hints) {
  return model == kMany && std::all_of(hints.begin(), hints.end(), [](const std::string& hint) { return is_one_of(kHints, hint); });
}

std::string refuse_flux(const Query& query) {
  for (const auto& [name, values] : query) {
    if (!is_one_of(kFluxParameters, name)) return "Unknown query parameter: " + name;
  }
  const std::string model = value_in(query, "model");
  if (!model.starts_with("flux-general-")) return "/v2/listen serves Flux models only";
  if (!is_one_of(kEncodings, value_in(query, "encoding"))) return "This simulator does not hear " + value_in(query, "encoding");
  const double rate = real(value_in(query, "sample_rate"));
  if (rate < 8000 || rate > 48000) return "sample_rate is none";
  if (query.contains("language_hint") && !takes_hints(model, query.at("language_hint"))) return "language_hint is for flux-general-multi, and of its languages";
  return SimFlux::thresholds_of(query).complaint();
}

SimFlux::SimFlux(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now)
    : world_(world),
      number_(number),
      format_{value_in(query, "encoding"), static_cast<std::uint32_t>(real(value_in(query, "sample_rate")))},
      multi_(value_in(query, "model") == kMany),
      thresholds_(thresholds_of(query)),
      line_(fault, world, "flux") {
  send({{"type", "Connected"}, {"request_id", "sim-" + std::to_string(number)}}, now);
}

void SimFlux::on_audio(std::string_view octets, base::TimePoint now, SimOuts& out) {
  octets_ += octets.size();
  rest_ += octets;
  const std::size_t frame = kHeardFrameMs * format_.octets_per_ms();
  for (; rest_.size() >= frame; rest_.erase(0, frame)) {
    const bool voiced = loudness(format_, std::string_view(rest_).substr(0, frame)) > world_.scenario.vad_rms;
    samples_ += frame / format_.octets_per_sample();
    on_frame(voiced, now);
  }
  line_.flush(now, octets_, out);
}

/// Returns the number of words so far. After the caller has been silent for a while, these are all words.
std::size_t SimFlux::words_so_far() const {
  if (!hears_) return 0;
  if (ms(samples_ - last_voiced_) >= kSpokenMs) return words_.size();
  return std::min<std::size_t>(words_.size(), 1 + static_cast<std::size_t>(ms(last_voiced_ - turn_start_) / kMsOfAWord));
}

void SimFlux::on_frame(bool voiced, base::TimePoint now) {
  if (voiced && !hears_) {
    hears_ = true;
    turn_start_ = samples_;
    words_.clear();
    std::istringstream text(world_.next_heard());
    for (std::string word; text >> word;) words_.push_back(word);
  }
  if (voiced) {
    last_voiced_ = samples_;
    voiced_at_ = now;
  }
  const auto silence = static_cast<double>(ms(samples_ - last_voiced_));
  if (voiced && state_ == State::AwaitingEnd) {
    state_ = State::TurnOngoing;
    return emit("TurnResumed", "", now);
  }
  if (state_ != State::Initial && silence >= thresholds_.timeout_ms) return end_turn("timeout", now);
  if (state_ != State::Initial && thresholds_.eot < 1 && silence >= 1000 * thresholds_.eot) return end_turn("model", now);
  if (state_ == State::TurnOngoing && thresholds_.eager && silence >= std::max(1000 * *thresholds_.eager, double{kSpokenMs})) {
    state_ = State::AwaitingEnd;
    return emit("EagerEndOfTurn", "", now);
  }
  if (ms(samples_ - last_told_) < kUpdateMs) return;
  const bool starts = state_ == State::Initial && words_so_far() > 0;
  if (starts) state_ = State::TurnOngoing;
  emit(starts ? "StartOfTurn" : "Update", "", now);
}

void SimFlux::emit(const std::string& event, const std::string& trigger, base::TimePoint now) {
  if (event != "EndOfTurn" || trigger != "manual") told_ = words_so_far();
  const double start = seconds(turn_start_), end = seconds(samples_);
  std::string text;
  Json words = Json::array();
  for (std::size_t i = 0; i < told_; ++i) {
    text += (i == 0 ? "" : " ") + words_[i];
    const double at = start + (end - start) * static_cast<double>(i) / static_cast<double>(told_);
    words.push_back({{"word", words_[i]}, {"confidence", 0.95}, {"start", at}, {"end", at + 0.1}});
  }
  const double sure = std::min(static_cast<double>(ms(samples_ - last_voiced_)) / 1000, 0.99);
  Json message = {{"type", "TurnInfo"}, {"request_id", "sim-" + std::to_string(number_)}, {"event", event}, {"turn_index", turn_index_},
                  {"audio_window_start", start}, {"audio_window_end", end}, {"transcript", text}, {"words", words}, {"end_of_turn_confidence", sure}};
  if (!trigger.empty()) message["trigger"] = trigger;
  if (multi_ && !text.empty()) message["languages"] = Json::array({"en"});
  last_told_ = samples_;
  send(std::move(message), now);
  if (event != "EndOfTurn") return;
  world_.note(now, "heard", {{"session", number_}, {"text", text}, {"trigger", trigger}, {"due_us", openai::microseconds(line_.last())},
                             {"last_voiced_us", openai::microseconds(voiced_at_)}, {"audio_ms", ms(samples_)}});
}

void SimFlux::end_turn(const std::string& trigger, base::TimePoint now) {
  emit("EndOfTurn", trigger, now);
  ++turn_index_;
  state_ = State::Initial;
  hears_ = false;
  words_.clear();
  told_ = 0;
}

void SimFlux::on_text(std::string_view text, base::TimePoint now, SimOuts& out) {
  const Json message = Json::parse(text, nullptr, false);
  const std::string type = message.is_object() ? message.value("type", "") : "";
  if (type == "ForceEndTurn") {
    force_end(now);
  } else if (type == "Configure") {
    configure(message, now);
  } else if (type == "CloseStream") {
    if (samples_ > last_told_) emit("Update", "", now);
    line_.push(now + world_.scenario.result, {SimOut::What::Close, {}, 0});  // It closes without a status.
  } else {
    give_up("UNPARSABLE_CLIENT_MESSAGE", now);
  }
  line_.flush(now, octets_, out);
}

void SimFlux::force_end(base::TimePoint now) {
  if (!world_.scenario.forces_end) return give_up("UNPARSABLE_CLIENT_MESSAGE", now);
  if (state_ != State::Initial) return end_turn("manual", now);
  send({{"type", "Warning"}, {"code", "FORCE_END_TURN_NO_ACTIVE_TURN"}, {"description", "There is no turn to be ended."}}, now);
}

void SimFlux::configure(const Json& message, base::TimePoint now) {
  Thresholds next = thresholds_;
  const Json asked = message.value("thresholds", Json::object());
  next.eot = asked.value("eot_threshold", next.eot);
  if (asked.contains("eager_eot_threshold")) next.eager = asked["eager_eot_threshold"].get<double>();
  next.timeout_ms = asked.value("eot_timeout_ms", next.timeout_ms);
  const std::string request = "sim-" + std::to_string(number_);
  if (!next.complaint().empty()) return send({{"type", "ConfigureFailure"}, {"request_id", request}}, now);
  thresholds_ = next;
  Json now_so = {{"eot_threshold", next.eot}, {"eot_timeout_ms", next.timeout_ms}};
  if (next.eager) now_so["eager_eot_threshold"] = *next.eager;
  send({{"type", "ConfigureSuccess"}, {"request_id", request}, {"thresholds", now_so}, {"keyterms", message.value("keyterms", Json::array())}}, now);
}

void SimFlux::give_up(const std::string& code, base::TimePoint now) {
  send({{"type", "Error"}, {"code", code}, {"description", "The simulator gives up."}}, now);
  line_.push(now, {SimOut::What::Close, {}, 1008});
}

void SimFlux::send(Json message, base::TimePoint now) {
  message["sequence_id"] = sequence_++;
  line_.push(now + world_.scenario.result, {SimOut::What::Text, message.dump(-1, ' ', false, Json::error_handler_t::replace), 0});
}

}  // namespace offhook::services::deepgram
