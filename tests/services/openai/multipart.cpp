#include <offhook/tests/services/openai/multipart.hpp>

#include <algorithm>

namespace offhook::services::openai {

namespace {

/// Returns the value of `name="..."` in a header line.
std::string quoted(std::string_view line, std::string_view name) {
  const std::string wanted = "; " + std::string(name) + "=\"";
  const auto at = line.find(wanted);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + wanted.size());
  return std::string(line.substr(0, line.find('"')));
}

FormField read_head(std::string_view head) {
  FormField field;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    std::string name(line.substr(0, line.find(':')));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name == "content-disposition") {
      field.name = quoted(line, "name");
      field.file_name = quoted(line, "filename");
    } else if (name == "content-type") {
      field.content_type = line.substr(std::min(line.find_first_not_of(": ", name.size()), line.size()));
    }
  }
  return field;
}

}  // namespace

std::optional<std::vector<FormField>> parse_multipart(std::string_view content_type, std::string_view body) {
  const auto at = content_type.find("boundary=");
  if (!content_type.starts_with("multipart/form-data") || at == std::string_view::npos) return std::nullopt;
  std::string_view boundary = content_type.substr(at + 9);
  boundary = boundary.substr(0, boundary.find(';'));
  if (boundary.starts_with('"')) boundary = boundary.substr(1, boundary.find('"', 1) - 1);
  const std::string opening = "--" + std::string(boundary), closing = "\r\n" + opening;
  if (!body.starts_with(opening)) return std::nullopt;
  body.remove_prefix(opening.size());
  std::vector<FormField> fields;
  while (!body.starts_with("--")) {
    const auto head_end = body.find("\r\n\r\n");
    if (!body.starts_with("\r\n") || head_end == std::string_view::npos) return std::nullopt;
    const auto end = body.find(closing, head_end + 2);
    if (end == std::string_view::npos) return std::nullopt;
    fields.push_back(read_head(body.substr(2, head_end - 2)));
    fields.back().content = end < head_end + 4 ? std::string_view() : body.substr(head_end + 4, end - head_end - 4);
    body.remove_prefix(end + closing.size());
  }
  return fields;
}

}  // namespace offhook::services::openai
