#include <offhook/tests/services/openai/http_plan.hpp>

#include <algorithm>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {
std::string written(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }
}  // namespace

HttpPlan::Step error_answer(int status, const std::string& type, const std::string& code, const std::string& message, const std::string& param) {
  const Json body = {{"error", {{"message", message}, {"type", type}, {"param", param.empty() ? Json() : Json(param)}, {"code", code.empty() ? Json() : Json(code)}}}};
  return {HttpPlan::What::Whole, {}, status, {{"content-type", "application/json"}}, written(body)};
}

HttpPlan::Step json_answer(const Json& body) { return {HttpPlan::What::Whole, {}, 200, {{"content-type", "application/json"}}, written(body)}; }

std::string BodyWriter::framed(const std::string& body) const {
  return framing_ == Framing::Lines ? body + "\n" : "data: " + body + "\n\n";
}

void BodyWriter::event(const Json& data, std::string_view name) {
  bytes((name.empty() ? "" : "event: " + std::string(name) + "\n") + framed(written(data)));
}

std::size_t BodyWriter::piece_at(std::size_t octets) const {
  std::size_t piece = 0;
  for (std::size_t gone = 0; piece < pieces_.size() && gone < octets; ++piece) gone += pieces_[piece].text.size();
  return piece;
}

void BodyWriter::cut(std::size_t octets) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (octets >= pieces_[i].text.size()) {
      octets -= pieces_[i].text.size();
      continue;
    }
    pieces_[i].text.resize(octets);
    pieces_.resize(i + 1);
    return;
  }
}

void BodyWriter::insert(const Fault& fault) {
  const std::size_t at = std::min(piece_at(fault.after_bytes), pieces_.size());
  const base::Duration when = at < pieces_.size() ? pieces_[at].at : at_;
  const auto put = [&](std::string text) { pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(at), Piece{when, std::move(text)}); };
  switch (fault.kind) {
    case Fault::Kind::Garbage:
      return put("\xFF\xFE<html>502 Bad Gateway</html>\r\ndata data data\n\n");
    case Fault::Kind::BrokenJson:
      return put(framed(R"({"id":"broken","type":")"));
    case Fault::Kind::BrokenBase64:
      return put("data: {\"type\":\"speech.audio.delta\",\"audio\":\"!!!! no base64 !!!!\"}\n\n");
    case Fault::Kind::UnknownEvents:
      return put((framing_ == Framing::Lines ? "" : ": a comment\nevent: surprise\nid: 7\nretry: 100\n") +
                 framed(R"({"type":"surprise","object":"surprise","nested":[{}]})"));
    case Fault::Kind::Error:
      pieces_.resize(at);
      if (framing_ == Framing::Lines) return put(framed(written({{"error", fault.message}})));
      return put(framed(written({{"error", {{"message", fault.message}, {"type", "server_error"}, {"param", nullptr}, {"code", fault.code}}}})));
    default:
      return;
  }
}

void BodyWriter::split(std::size_t size) {
  constexpr std::size_t kApart = 100;  // Each group of this many pieces is sent a millisecond later, so that the pieces arrive separately.
  std::vector<Piece> pieces;
  base::Duration later{};
  for (const Piece& piece : pieces_) {
    for (std::size_t at = 0; at < piece.text.size(); at += size) {
      if (pieces.size() < kApart) later += milliseconds(1);
      pieces.push_back({piece.at + later, piece.text.substr(at, size)});
    }
  }
  pieces_ = std::move(pieces);
}

HttpPlan BodyWriter::finish(const Fault& fault) && {
  using Kind = Fault::Kind;
  const bool breaks_off = fault.kind == Kind::Stall || fault.kind == Kind::Freeze || fault.kind == Kind::Drop || fault.kind == Kind::Close;
  const bool drops = fault.kind == Kind::Drop || fault.kind == Kind::Close;
  if (breaks_off && fault.after_bytes == 0) return drops ? HttpPlan{{{HttpPlan::What::Drop, {}, 0, {}, {}}}} : HttpPlan{};
  if (breaks_off) cut(fault.after_bytes);
  insert(fault);
  if (fault.kind == Kind::Split) split(fault.bytes);
  const base::Duration late = fault.kind == Kind::Latency ? fault.delay : base::Duration();
  HttpPlan plan;
  // As at OpenAI, the header leaves together with the first octets of the body.
  const base::Duration begins = late + (pieces_.empty() ? at_ : pieces_.front().at);
  plan.steps.push_back({HttpPlan::What::Begin, begins, 200, {{"content-type", content_type_}, {"cache-control", "no-cache"}}, {}});
  for (Piece& piece : pieces_) plan.steps.push_back({HttpPlan::What::Bytes, late + piece.at, 0, {}, std::move(piece.text)});
  const base::Duration ends = late + std::max(at_, pieces_.empty() ? at_ : pieces_.back().at);
  if (!breaks_off) plan.steps.push_back({HttpPlan::What::End, ends, 0, {}, {}});
  else if (drops) plan.steps.push_back({HttpPlan::What::Drop, plan.steps.back().at, 0, {}, {}});
  return plan;
}

}  // namespace offhook::services::openai
