import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { type Connect, type Service, tagsOf } from './service.ts';

/** A resource that never had a tag is not known here: it has none. */
export const connectTag = (connect: Connect): Service<'tag'> => {
  const tagging = connect(ResourceGroupsTaggingAPIClient);
  return {
    calls: {},
    reads: {
      'tag:GetResources': async (parameters) => {
        const { ResourceTagMappingList = [] } = await tagging.send(new GetResourcesCommand(parameters));
        const [wanted] = parameters.ResourceARNList;
        return tagsOf(ResourceTagMappingList.find(({ ResourceARN }) => ResourceARN === wanted)?.Tags);
      },
    },
    absent: [],
  };
};
