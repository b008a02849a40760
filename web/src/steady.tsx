import { Component, type ComponentType, createElement } from 'preact';

/** The component, drawn again only where one of its properties is another one: of long lists most stays as it is. */
export function steady<Props extends object>(drawn: ComponentType<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = new Set([...Object.keys(this.props), ...Object.keys(next)]);
      return [...names].some((name) => this.props[name as keyof Props] !== next[name as keyof Props]);
    }

    override render() {
      return createElement(drawn, this.props);
    }
  };
}
