#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/scenario.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// An HTTP answer as a list of steps. Each step has its time after the request.
struct HttpPlan {
  enum class What : std::uint8_t { Whole, Begin, Bytes, End, Drop };
  struct Step {
    What what{};
    base::Duration at{};
    int status = 200;
    Headers headers;
    std::string bytes;
  };
  std::vector<Step> steps;  ///< empty: the request gets no answer
};

/// Returns OpenAI's error body with its status.
[[nodiscard]] HttpPlan::Step error_answer(int status, const std::string& type, const std::string& code, const std::string& message, const std::string& param = {});
[[nodiscard]] HttpPlan::Step json_answer(const nlohmann::json& body);

/// The form of the JSON objects in a body: server-sent events, or one line for each object.
enum class Framing : std::uint8_t { Events, Lines };

/// Writes a body that is sent in pieces, and that may have one fault.
class BodyWriter {
 public:
  BodyWriter(std::string content_type, base::Duration begins, Framing framing = Framing::Events)
      : content_type_(std::move(content_type)), at_(begins), framing_(framing) {}
  void wait(base::Duration more) { at_ += more; }
  void bytes(std::string text) { pieces_.push_back({at_, std::move(text)}); }
  /// Adds an event: `data: ...`. If `name` is not empty, `event: ...` comes before it.
  void event(const nlohmann::json& data, std::string_view name = {});
  void done() { bytes("data: [DONE]\n\n"); }
  /// Returns the complete answer, which has this fault.
  [[nodiscard]] HttpPlan finish(const Fault& fault) &&;

 private:
  struct Piece {
    base::Duration at;
    std::string text;
  };
  /// Returns the index of the piece that contains this octet of the body.
  [[nodiscard]] std::size_t piece_at(std::size_t octets) const;
  void cut(std::size_t octets);
  void insert(const Fault& fault);
  void split(std::size_t size);
  [[nodiscard]] std::string framed(const std::string& json) const;

  std::string content_type_;
  base::Duration at_;
  Framing framing_;
  std::vector<Piece> pieces_;
};

}  // namespace offhook::services::openai
