#pragma once

#include <offhook/agent/providers/provider.hpp>

namespace offhook::inline v0::agent::ollama {

/// The kind "ollama": it only thinks.
extern const Provider kOllama;

}  // namespace offhook::inline v0::agent::ollama
