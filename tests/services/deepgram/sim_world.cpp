#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <offhook/media/codec/g711.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace offhook::services::deepgram {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::int16_t sample_at(const SimFormat& format, std::string_view octets, std::size_t index) {
  if (format.encoding == "mulaw") return media::decode_mulaw(static_cast<std::uint8_t>(octets[index]));
  if (format.encoding == "alaw") return media::decode_alaw(static_cast<std::uint8_t>(octets[index]));
  const auto low = static_cast<std::uint8_t>(octets[2 * index]), high = static_cast<std::uint8_t>(octets[2 * index + 1]);
  return static_cast<std::int16_t>(low | high << 8U);
}

}  // namespace

std::string SimWorld::next_heard() {
  const std::size_t number = stretches++;
  if (scenario.heard.empty() || (number >= scenario.heard.size() && !scenario.loop)) return {};
  return scenario.heard[number % scenario.heard.size()];
}

SimReply SimWorld::next_reply() {
  const std::size_t number = replies++;
  if (scenario.replies.empty() || (number >= scenario.replies.size() && !scenario.loop)) return {"I have nothing more to say.", {}, "{}", {}};
  return scenario.replies[number % scenario.replies.size()];
}

Query query_of(std::string_view target) {
  Query query;
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    query[unescaped(pair.substr(0, equals))].push_back(unescaped(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return query;
}

std::string value_in(const Query& query, const std::string& name, const std::string& usual) {
  const auto found = query.find(name);
  return found == query.end() ? usual : found->second.front();
}

double loudness(const SimFormat& format, std::string_view octets) {
  const std::size_t count = octets.size() / format.octets_per_sample();
  double energy = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double sample = sample_at(format, octets, i);
    energy += sample * sample;
  }
  return count == 0 ? 0 : std::sqrt(energy / static_cast<double>(count));
}

// --- outgoing messages -------------------------------------------------------------------------------------------------------

base::TimePoint SimLine::delayed(base::TimePoint at) {
  if (fault_.kind != Fault::Kind::Latency) return at;
  if (!std::exchange(delayed_, true)) world_.note_fault(at, door_, openai::to_string(fault_.kind));
  return at + fault_.delay;
}

void SimLine::push(base::TimePoint at, SimOut out) {
  at = delayed(at);
  last_ = std::max(last_, at);
  waiting_.push_back({last_, std::move(out)});  // The messages keep their order, even if their times are not in order.
}

void SimLine::push_first(base::TimePoint at, SimOut out) {
  at = delayed(at);
  last_ = std::max(last_, at);
  waiting_.push_front({at, std::move(out)});
  for (Waiting& each : waiting_) each.at = std::max(each.at, at);
}

void SimLine::drop_binary() {
  std::erase_if(waiting_, [](const Waiting& each) { return each.out.what == SimOut::What::Binary; });
  last_ = waiting_.empty() ? base::TimePoint{} : waiting_.back().at;
}

/// Applies the fault. Returns true if nothing more is sent.
bool SimLine::break_off(base::TimePoint now, SimOuts& out) {
  over_ = true;
  const auto say = [&](std::string text) {
    out.push_back({SimOut::What::Text, std::move(text), 0});
    over_ = false;
  };
  switch (fault_.kind) {
    case Fault::Kind::Stall:
    case Fault::Kind::Freeze: break;
    case Fault::Kind::Drop: out.push_back({SimOut::What::Drop, {}, 0}); break;
    case Fault::Kind::Close:
    case Fault::Kind::Error: out.push_back({SimOut::What::Close, fault_.code, fault_.kind == Fault::Kind::Error ? 1011 : fault_.status}); break;
    case Fault::Kind::Garbage: say("\x01<html>502 Bad Gateway</html>"); break;
    case Fault::Kind::BrokenJson: say(R"({"type":"Results","channel_index":[0)"); break;
    case Fault::Kind::UnknownEvents: say(R"({"type":"Surprise","nested":[{}]})"); break;
    default: return over_ = false;  // These are faults of a handshake or of HTTP.
  }
  world_.note_fault(now, door_, openai::to_string(fault_.kind));
  return over_;
}

void SimLine::flush(base::TimePoint now, std::size_t& octets, SimOuts& out) {
  while (!over_ && !waiting_.empty() && waiting_.front().at <= now) {
    if (!broken_ && octets >= fault_.after_bytes) {
      broken_ = true;
      if (break_off(now, out)) break;
    }
    out.push_back(std::move(waiting_.front().out));
    waiting_.pop_front();
    if (out.back().what == SimOut::What::Binary) octets += out.back().bytes.size();
    if (out.back().what == SimOut::What::Close) over_ = true;
  }
  if (over_) waiting_.clear();
}

std::optional<base::TimePoint> SimLine::next_deadline() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().at);
}

}  // namespace offhook::services::deepgram
