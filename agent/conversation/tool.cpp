#include <offhook/agent/conversation/tool.hpp>

namespace offhook::inline v0::agent {

std::string_view to_string(ToolClass what) {
  switch (what) {
    case ToolClass::Read: return "read";
    case ToolClass::Write: return "write";
    case ToolClass::Money: return "money";
    case ToolClass::Telephony: return "telephony";
  }
  return "?";
}

}  // namespace offhook::inline v0::agent
