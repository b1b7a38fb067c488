import { command } from '../command.ts';

const script = `# Completion of asana-webhooks for bash and zsh. It calls the command, so the command must be on your PATH:
#   npm link                     in a clone of the project, or
#   npm install -g <the package>
# Then add this line to ~/.bashrc or ~/.zshrc:
#   eval "$(asana-webhooks completion)"
if [ -n "$ZSH_VERSION" ]; then
  _asana_webhooks() {
    local -a found
    found=(\${(f)"$(asana-webhooks __complete "\${(@)words[2,$CURRENT]}" 2>/dev/null)"})
    compadd -a found
  }
  compdef _asana_webhooks asana-webhooks
else
  _asana_webhooks() {
    local IFS=$'\\n'
    COMPREPLY=($(asana-webhooks __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  }
  complete -o default -F _asana_webhooks asana-webhooks
fi`;

export const completion = command(
  'completion',
  {
    summary: 'Print a script for shell completion',
    examples: [['completion >> ~/.bashrc', 'Complete commands, options, connections and webhooks in bash']],
  },
  () =>
    async ({ out }) => {
      out.result({ script }, () => out.line(script));
    },
);
