#pragma once

#include <offhook/agent/providers/openai/server.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

struct TranscriptionOptions {
  Server server;
  std::string model = "gpt-4o-mini-transcribe";
  std::string language;        ///< ISO 639-1; "": that of the call, or found out
  std::string prompt;          ///< names and words that are likely to be said
  bool stream = true;          ///< pieces as they are understood; whisper-1 takes no notice of it
  TellUse tell_use{};
};

/// Listens by /audio/transcriptions.
class HttpListener final : public TurnListener {
 public:
  /// `http` outlives this.
  HttpListener(TranscriptionOptions options, net::HttpClient& http, Wake wake);
};

}  // namespace offhook::inline v0::agent::openai
