#include <offhook/tests/services/azure/sim_wire.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace offhook::services::azure {

using nlohmann::json;

namespace {

constexpr std::string_view kStamp = "2026-07-01T12:00:00.250Z";

std::string complaint_about(const agent::azure::UspMessage& message, std::string_view frame) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  if (message.request_id.size() != 32 || !std::all_of(message.request_id.begin(), message.request_id.end(), is_hex))
    return "X-RequestId is not 32 hexadecimal digits";
  if (lower(frame.substr(0, 1024)).find("x-timestamp:") == std::string::npos) return "there is no X-Timestamp";
  return {};
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

json find(const json& object, std::initializer_list<const char*> path) {
  json at = object;
  for (const char* name : path) {
    if (!at.is_object() || !at.contains(name)) return nullptr;
    json next = at[name];
    at = std::move(next);
  }
  return at;
}

Received receive_text(std::string_view frame) {
  const auto message = agent::azure::parse_usp_text(frame);
  if (!message) return {{}, std::string(to_string(message.error()))};
  if (frame.find("\r\n\r\n") == std::string_view::npos) return {*message, "there is no empty line behind the headers"};
  return {*message, complaint_about(*message, frame)};
}

Received receive_binary(std::string_view frame) {
  const auto message = agent::azure::parse_usp_binary(frame);
  if (!message) return {{}, std::string(to_string(message.error()))};
  return {*message, complaint_about(*message, frame)};
}

void SimWire::put(base::TimePoint at, SimOut out) {
  if (closed_) return;
  if (!queue_.empty()) at = std::max(at, queue_.back().at);
  queue_.push_back({at, std::move(out)});
}

void SimWire::say(base::TimePoint at, std::string_view path, const std::string& request_id, const json& body) {
  put(at, {SimOut::What::Text, agent::azure::write_usp({false, std::string(path), request_id, "application/json; charset=utf-8", body.dump()}, kStamp), 0});
}

void SimWire::say_audio(base::TimePoint at, const std::string& request_id, const std::string& stream_id, std::string_view octets) {
  // Azure's service sends no space after the colon here, and no timestamp.
  const std::string headers = "X-RequestId:" + request_id + "\r\nX-StreamId:" + stream_id + "\r\nPath:audio\r\n";
  std::string frame{static_cast<char>(headers.size() >> 8U), static_cast<char>(headers.size() & 0xFFU)};
  put(at, {SimOut::What::Binary, frame + headers + std::string(octets), 0});
}

void SimWire::put_garbage(base::TimePoint at, const std::string& request_id) {
  const std::string headers = "Path: speech.surprise\r\nX-RequestId: " + request_id + "\r\n";
  put(at, {SimOut::What::Text, headers + "\r\n{\"new\":1}", 0});
  put(at, {SimOut::What::Text, "Path: speech.hypothesis\r\nX-RequestId: " + request_id + "\r\n\r\n{\"Text\":\"bro", 0});
  put(at, {SimOut::What::Text, "Path: speech.phrase\r\nX-RequestId: 00000000000000000000000000000000\r\n\r\n{\"RecognitionStatus\":\"Success\",\"DisplayText\":\"of another\"}", 0});
  put(at, {SimOut::What::Binary, "\xFF\xFF", 0});
  put(at, {SimOut::What::Text, "<html>502 Bad Gateway</html>", 0});
}

void SimWire::close(base::TimePoint at, int code, std::string reason) {
  put(at, {SimOut::What::Close, std::move(reason), code});
  closed_ = true;
}

void SimWire::on_time(base::TimePoint now, SimOuts& out) {
  while (!queue_.empty() && queue_.front().at <= now) {
    if (queue_.front().out.what == SimOut::What::Drop) closed_ = true;
    out.push_back(std::move(queue_.front().out));
    queue_.pop_front();
  }
}

std::optional<base::TimePoint> SimWire::next_deadline() const {
  return queue_.empty() ? std::nullopt : std::optional(queue_.front().at);
}

}  // namespace offhook::services::azure
