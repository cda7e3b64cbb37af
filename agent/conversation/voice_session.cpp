#include <offhook/agent/conversation/voice_session.hpp>

namespace offhook::inline v0::agent {

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::Listen: return "listen";
    case Stage::Think: return "think";
    case Stage::Speak: return "speak";
  }
  return "?";
}

}  // namespace offhook::inline v0::agent
