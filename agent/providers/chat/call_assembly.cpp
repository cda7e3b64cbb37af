#include <offhook/agent/providers/chat/call_assembly.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::chat {

namespace {

std::string_view without_space(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Returns true if `piece` begins another call, although it has the same index as `open`. Servers that always send index 0 begin a call
/// with another id, or with arguments after the previous arguments are complete.
bool begins_another(const ModelCall& open, const CallPiece& piece) {
  if (!piece.id.empty() && !open.call_id.empty()) return piece.id != open.call_id;
  return !piece.name.empty() && without_space(piece.arguments).starts_with('{') && is_closed_object(open.arguments);
}

}  // namespace

bool is_closed_object(std::string_view json) {
  json = without_space(json);
  if (!json.starts_with('{')) return false;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1 == json.size();
    }
  }
  return false;
}

CallAssembly::Open* CallAssembly::find(const CallPiece& piece) {
  if (calls_.empty()) return nullptr;
  const auto of_index = [&](const Open& open) { return open.index == *piece.index; };
  const auto open = piece.index ? std::find_if(calls_.rbegin(), calls_.rend(), of_index) : calls_.rbegin();
  return open == calls_.rend() || begins_another(open->call, piece) ? nullptr : &*open;
}

bool CallAssembly::add(const CallPiece& piece) {
  Open* open = find(piece);
  if (open == nullptr) {
    if (calls_.size() == kMaxCalls) return false;
    calls_.push_back({piece.index.value_or(static_cast<std::int64_t>(calls_.size())), {}});
    open = &calls_.back();
  }
  if (piece.id.size() > kMaxNameOctets || piece.name.size() > kMaxNameOctets) return false;
  if (open->call.call_id.empty()) open->call.call_id = piece.id;
  if (open->call.name.empty()) open->call.name = piece.name;
  if (piece.whole_arguments) open->call.arguments.clear();
  if (open->call.arguments.size() + piece.arguments.size() > kMaxArguments) return false;
  open->call.arguments += piece.arguments;
  return true;
}

std::vector<ModelCall> CallAssembly::take() {
  std::vector<ModelCall> whole;
  for (Open& open : std::exchange(calls_, {})) {
    if (open.call.name.empty()) continue;  // A call without a name cannot be executed.
    if (without_space(open.call.arguments).empty()) open.call.arguments = "{}";
    whole.push_back(std::move(open.call));
  }
  return whole;
}

}  // namespace offhook::inline v0::agent::chat
